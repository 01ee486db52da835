import { fileURLToPath } from "node:url";
import { GatewayClient } from "./gateway-client.ts";
import { KeelProcess } from "./keel-process.ts";

export const SAMPLE_CONFIG = fileURLToPath(new URL("../../config/sample.yaml", import.meta.url));

/** A practice gateway of the sample day in a process of its own, waiting for its desk; it is gone when the test ends. */
export async function gatewayProcess(folder: string): Promise<GatewayClient> {
  const pace = ["--lockstep", "--speed", "100000"];
  const gateway = new KeelProcess(folder, ["practice", "projectx", "--port", "0", ...pace]);
  const [, url = ""] = await gateway.untilPrinted(/listens on (http:\S+)\n/u);
  return new GatewayClient(url);
}
