import { type EpochMs } from "#core/domain/units.ts";
import { contractRow } from "#practice/projectx/contracts/contract-list.ts";
import { BARS_MAX, BAR_UNITS, barRow } from "#practice/projectx/market/stored-bars.ts";
import { accountRow } from "#practice/projectx/wire/rows.ts";
import { type BoundBody, optional, required } from "./body-members.ts";
import { type Caller, type Operation, failed, succeeded } from "./operation.ts";
import type { RestContext } from "./rest-context.ts";

/** Accounts, contracts and bars. What asks for `live` data gets nothing, successfully: nobody here subscribed to it. */
export function marketOperations(context: RestContext): readonly Operation<Caller>[] {
  const { firm } = context;
  return [
    {
      name: "Account/search",
      bucket: "rest",
      members: { onlyActiveAccounts: required("flag") },
      run({ onlyActiveAccounts }) {
        const accounts = firm.accounts
          .all()
          .filter(({ lockedBy }) => onlyActiveAccounts !== true || lockedBy !== "maxLoss");
        return succeeded({ accounts: accounts.map(accountRow) });
      },
    },
    {
      name: "Contract/search",
      bucket: "rest",
      members: { searchText: optional("text"), live: required("flag") },
      run({ searchText, live }) {
        const text = typeof searchText === "string" ? searchText : "";
        const contracts = live === true ? [] : firm.contracts.search(text).map(contractRow);
        return succeeded({ contracts });
      },
    },
    {
      name: "Contract/available",
      bucket: "rest",
      members: { live: required("flag") },
      run: ({ live }) =>
        succeeded({ contracts: live === true ? [] : firm.contracts.active.map(contractRow) }),
    },
    {
      name: "Contract/searchById",
      bucket: "rest",
      members: { contractId: required("text") },
      run({ contractId }) {
        const contract = firm.contracts.byId(contractId as string);
        if (contract === undefined) return failed(1, null, { contract: null });
        return succeeded({ contract: contractRow(contract) });
      },
    },
    barsOperation(context),
  ];
}

function barsOperation(context: RestContext): Operation<Caller> {
  return {
    name: "History/retrieveBars",
    bucket: "bars",
    members: {
      contractId: required("text"),
      live: required("flag"),
      startTime: required("instant"),
      endTime: required("instant"),
      unit: required("enumeration"),
      unitNumber: required("int32"),
      limit: required("int32"),
      includePartialBar: required("flag"),
    },
    run: (body) => retrieveBars(context, body),
  };
}

async function retrieveBars({ firm, bars }: RestContext, body: BoundBody) {
  const refused = (code: number) => failed(code, null, { bars: null });
  const contract = firm.contracts.byId(body["contractId"] as string);
  if (contract === undefined) return refused(1);
  const unit = BAR_UNITS[(body["unit"] as number) - 1];
  if (unit === undefined) return refused(2);
  const unitNumber = body["unitNumber"] as number;
  if (unitNumber < 1) return refused(3);
  const limit = body["limit"] as number;
  if (limit < 1 || limit > BARS_MAX) return refused(4);
  const { instrument, product } = contract;
  if (body["live"] === true || instrument === null) return succeeded({ bars: [] });
  const found = await bars({
    instrument,
    from: body["startTime"] as EpochMs,
    until: body["endTime"] as EpochMs,
    now: firm.now,
    unit,
    unitNumber,
    limit,
    includePartial: body["includePartialBar"] === true,
  });
  return succeeded({ bars: found.map((bar) => barRow(product, bar)) });
}
