import { expect, test } from "vitest";
import type { Request } from "#core/desk/request.ts";
import { accountId } from "#core/domain/ids.ts";
import { acceptedText } from "./accepted-text.ts";

const ANN = accountId("ANN");
const ACTIVE: Request = {
  kind: "setTradingState",
  scope: { kind: "account", accountId: ANN },
  state: "active",
};

test.each<[string | null, string]>([
  [null, "Accepted: ANN is active again"],
  ["ANN stays locked", "Accepted: the halt of ANN is over; ANN stays locked"],
])("the end of a halt with the note %o reads %s", (note, text) => {
  expect(acceptedText({ ids: [], note }, ACTIVE)).toBe(text);
});
