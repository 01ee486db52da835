import { readFileSync } from "node:fs";
import { processIo } from "#cli/process-io.ts";
import { realRuntime } from "#cli/real-runtime.ts";
import { runCli } from "#cli/run-cli.ts";
import { serveGateway } from "#practice/projectx/serve-gateway.ts";
import { serveVenue } from "#practice/simulated/serve-venue.ts";
import { STRATEGIES } from "#strategies/catalogue.ts";

const packageFile = new URL("../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };

const io = processIo(process);
const runtime = realRuntime({ io, strategies: STRATEGIES, version, serveVenue, serveGateway });
await io.finish(await runCli(process.argv.slice(2), io, runtime));
