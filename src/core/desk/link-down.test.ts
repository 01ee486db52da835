import { expect, test } from "vitest";
import { type ClientOrderId, venueOrderId } from "#core/domain/ids.ts";
import { lots, signedLots } from "#core/domain/units.ts";
import { ACCOUNT, GOLD, NASDAQ, anEntry } from "#test/kit/builders.ts";
import { TestDesk } from "#test/kit/test-desk.ts";

test("an account that agrees with the venue takes no entries while the link is down", () => {
  const desk = cutDesk();

  desk.reconcile();
  const denied = desk.request(anEntry());

  const value = `${ACCOUNT}: the link is down: cable`;
  expect(denied).toMatchObject({ denial: { code: "accountNotReady", value } });
});

test("the link that comes back opens it", () => {
  const desk = cutDesk();
  desk.reconcile();

  desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "" });

  expect(desk.request(anEntry()).kind).toBe("accepted");
});

test("a process that takes over knows nothing of the link of the one before", () => {
  const desk = cutDesk();

  desk.restart();
  desk.advance(0);

  expect(desk.state.accounts.get(ACCOUNT)?.ready).toBe(true);
});

test("why an account stays closed after the link came back is what was found, not that one looks", () => {
  const desk = cutDesk();
  desk.answers = () => "lose";
  desk.apply({ kind: "linkChanged", at: desk.now, up: true, reason: "" });

  desk.list({ positions: [{ instrument: NASDAQ.id, qty: signedLots(1), avgEntryTicks: 80_000 }] });

  expect(desk.state.accounts.get(ACCOUNT)?.readyReason).toBe(
    "it holds or traded today what the session does not know; name it in connection.instruments",
  );
});

test("a person may ask for the link, which is recorded with the name", () => {
  const desk = cutDesk();

  const result = desk.request({ kind: "reconnect" }, { by: "ann" });

  expect(result).toEqual({ kind: "accepted", clientOrderIds: [], note: null });
  expect(desk.facts).toContainEqual({ kind: "reconnectRequested", by: "ann", at: desk.now });
});

test("a link that is up is not reconnected", () => {
  const desk = new TestDesk();

  const result = desk.request({ kind: "reconnect" });

  const reason = "there is nothing to reconnect: the link to the venue is up";
  expect(result).toEqual({ kind: "impossible", reason });
});

test("what was sent while nobody tells of it is looked for twice in the time of an answer", () => {
  const desk = new TestDesk();
  desk.place();
  desk.apply({ kind: "linkChanged", at: desk.now, up: false, reason: "cable" });
  desk.orders = () => "lose";
  desk.request({ kind: "close", accountId: ACCOUNT, instrument: GOLD.id, qty: lots(1) });
  const clientOrderId = "k1-2" as ClientOrderId;
  desk.report({ kind: "accepted", clientOrderId, venueOrderId: venueOrderId("7") });

  const looked = [999, 1].map((ms) => {
    return desk.commandsOf(() => desk.advance(ms)).map(({ kind }) => kind);
  });

  expect(looked).toEqual([[], expect.arrayContaining(["requestSnapshot"])]);
});

function cutDesk(): TestDesk {
  const desk = new TestDesk();
  desk.apply({ kind: "linkChanged", at: desk.now, up: false, reason: "cable" });
  return desk;
}
