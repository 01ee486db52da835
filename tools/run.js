// Runs a file on Node 26, whatever the Node of the machine: node tools/run.js <file> [arguments]
import { runPackagedNode } from "./packaged-node.js";

runPackagedNode(process.argv.slice(2));
