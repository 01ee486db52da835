import { expect, test } from "vitest";
import { ACCOUNT, GOLD, OPENING, aBracket } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";
import { Desk } from "./desk.ts";
import { encodeState } from "./snapshot.ts";

test("a desk goes on from a state that could be saved", () => {
  const lost = new TestDesk();
  lost.place({ bracket: aBracket() });
  const desk = new Desk({ strategies: new Map() });

  desk.apply({ kind: "stateSalvaged", at: OPENING, state: encodeState(lost.state) });
  const salvaged = encodeState(desk.state);
  const { commands } = desk.apply({ kind: "deskStarted", at: OPENING, epoch: 2 });

  expect(salvaged).toBe(encodeState(lost.state));
  expect(commands[0]).toMatchObject({ kind: "requestSnapshot", accountId: ACCOUNT });
  expect(desk.market.instrument(GOLD.id)).toEqual(GOLD);
});
