import { expect, test } from "vitest";
import { contractOf } from "#core/domain/instrument-catalogue.ts";
import { GOLD } from "#test/kit/builders.ts";
import { GatewayDesk } from "#test/kit/gateway-desk.ts";
import { GOLD_CONTRACT, practiceGateway } from "#test/kit/practice-gateway.ts";

test.each([
  ["an instrument that names a contract", contractOf(GOLD, "M26"), "CON.F.US.MGC.M26"],
  ["a product in the active contract", GOLD, GOLD_CONTRACT],
])("%s is traded in that one", async (_what, instrument, contractId) => {
  const { url } = await practiceGateway();

  const desk = new GatewayDesk(url, { session: { instruments: [instrument] } });
  const { venue } = await desk.until("the venue", (status) => status.venue !== null);

  expect(venue?.contracts).toEqual([{ instrument: instrument.id, contractId, problem: null }]);
});
