import { positionRow, tradeRow } from "#practice/projectx/wire/rows.ts";
import { optional, required } from "./body-members.ts";
import { type Caller, type Operation, failed, succeeded } from "./operation.ts";
import { outcome } from "./order-operations.ts";
import { type RestContext, listedAsOf } from "./rest-context.ts";

const ACCOUNT_NOT_FOUND = 1;

export function positionOperations(context: RestContext): readonly Operation<Caller>[] {
  const { accounts, changing } = context.firm;
  const contract = { accountId: required("int32"), contractId: required("text") };
  return [
    {
      name: "Position/searchOpen",
      bucket: "rest",
      members: { accountId: required("int32") },
      run({ accountId }) {
        const id = accountId as number;
        if (accounts.get(id) === undefined) {
          return failed(ACCOUNT_NOT_FOUND, null, { positions: null });
        }
        const found = accounts.positions(id, listedAsOf(context, "Position/searchOpen"));
        return succeeded({ positions: found.map(positionRow) });
      },
    },
    {
      name: "Position/closeContract",
      bucket: "rest",
      members: contract,
      run: ({ accountId, contractId }) =>
        outcome(changing.close(accountId as number, contractId as string)),
    },
    {
      name: "Position/partialCloseContract",
      bucket: "rest",
      members: { ...contract, size: required("int32") },
      run: ({ accountId, contractId, size }) =>
        outcome(changing.partialClose(accountId as number, contractId as string, size as number)),
    },
    tradesOperation(context),
  ];
}

function tradesOperation(context: RestContext): Operation<Caller> {
  const { accounts } = context.firm;
  return {
    name: "Trade/search",
    bucket: "rest",
    members: {
      accountId: required("int32"),
      startTimestamp: optional("instant"),
      endTimestamp: optional("instant"),
    },
    run({ accountId, startTimestamp, endTimestamp }) {
      const id = accountId as number;
      if (accounts.get(id) === undefined) {
        return failed(ACCOUNT_NOT_FOUND, null, { trades: null });
      }
      const from = (startTimestamp ?? Number.NEGATIVE_INFINITY) as number;
      const asOf = listedAsOf(context, "Trade/search");
      const until = Math.min((endTimestamp ?? Number.POSITIVE_INFINITY) as number, asOf);
      const found = accounts
        .trades(id)
        .filter(({ createdAt }) => createdAt.at >= from && createdAt.at <= until);
      return succeeded({ trades: found.toReversed().map(tradeRow) });
    },
  };
}
