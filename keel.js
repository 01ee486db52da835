#!/usr/bin/env node
// Starts Keel on the Node 26 that npm installed with it. Plain JavaScript that any Node since 18 can read.
import { fileURLToPath } from "node:url";
import { isRecentNode, runPackagedNode } from "./tools/packaged-node.js";

const main = new URL("./src/main.ts", import.meta.url);

if (isRecentNode) await import(main.href);
else runPackagedNode([fileURLToPath(main), ...process.argv.slice(2)], "ipc");
