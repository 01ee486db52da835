import type { EpochMs } from "#core/domain/units.ts";
import type { ModifyRequest } from "#practice/projectx/book/changing.ts";
import { type GatewayOrder, ORDER_STATUS } from "#practice/projectx/book/gateway-order.ts";
import type { PlaceRequest } from "#practice/projectx/book/place-request.ts";
import type { Refusal } from "#practice/projectx/book/refusal.ts";
import type { FaultOf } from "#practice/projectx/faults/fault.ts";
import { orderRow } from "#practice/projectx/wire/rows.ts";
import { type BoundBody, optional, required } from "./body-members.ts";
import { type Caller, type Operation, failed, succeeded } from "./operation.ts";
import { type RestContext, listedAsOf } from "./rest-context.ts";

const BRACKET = optional({
  kind: "object",
  members: { ticks: required("int32"), type: required("enumeration") },
});

const ACCOUNT_NOT_FOUND = 1;

export function orderOperations(context: RestContext): readonly Operation<Caller>[] {
  return [
    {
      name: "Order/place",
      bucket: "rest",
      members: {
        accountId: required("int32"),
        contractId: required("text"),
        type: required("enumeration"),
        side: required("enumeration"),
        size: required("int32"),
        limitPrice: optional("decimal"),
        stopPrice: optional("decimal"),
        trailPrice: optional("decimal"),
        customTag: optional("text"),
        stopLossBracket: BRACKET,
        takeProfitBracket: BRACKET,
      },
      prepare: (body) => ({
        ...body,
        // An empty tag is none.
        customTag: body["customTag"] === "" ? null : body["customTag"],
        refusal: context.faults.take("rejectOrders", { operation: "Order/place" }) ?? null,
      }),
      run: (body) => place(context, body),
    },
    ...changeOperations(context),
    ...listOperations(context),
  ];
}

function changeOperations(context: RestContext): readonly Operation<Caller>[] {
  const { changing } = context.firm;
  const change = { accountId: required("int32"), orderId: required("int64") };
  return [
    {
      name: "Order/modify",
      bucket: "rest",
      members: {
        ...change,
        size: optional("int32"),
        limitPrice: optional("decimal"),
        stopPrice: optional("decimal"),
        trailPrice: optional("decimal"),
      },
      run: (body) => outcome(changing.modify(body as ModifyRequest)),
    },
    {
      name: "Order/cancel",
      bucket: "rest",
      members: change,
      prepare: (body) => ({
        ...body,
        slowMs: context.faults.take("slowCancel", { operation: "Order/cancel" })?.ms ?? null,
      }),
      run: ({ accountId, orderId, slowMs }) =>
        outcome(changing.cancel(accountId as number, orderId as number, slowMs as number | null)),
    },
  ];
}

function listOperations(context: RestContext): readonly Operation<Caller>[] {
  const { orders } = context.firm;
  return [
    {
      name: "Order/search",
      bucket: "rest",
      members: {
        accountId: required("int32"),
        startTimestamp: required("instant"),
        endTimestamp: optional("instant"),
      },
      run({ accountId, startTimestamp, endTimestamp }) {
        const asOf = listedAsOf(context, "Order/search");
        const found = orders
          .of(accountId as number, asOf)
          .filter(
            (order) =>
              order.status !== ORDER_STATUS.suspended &&
              isWithin(order, startTimestamp as EpochMs, endTimestamp as EpochMs | null),
          );
        return listed(context, accountId as number, found);
      },
    },
    {
      name: "Order/searchOpen",
      bucket: "rest",
      members: { accountId: required("int32") },
      run({ accountId }) {
        const asOf = listedAsOf(context, "Order/searchOpen");
        const found = orders
          .working(accountId as number, asOf)
          .filter(({ status }) => status !== ORDER_STATUS.suspended);
        return listed(context, accountId as number, found);
      },
    },
    {
      name: "Order/searchById",
      bucket: "rest",
      members: { accountId: required("int32"), orderId: required("int64") },
      run({ accountId, orderId }) {
        const order = orders.get(orderId as number);
        if (order?.accountId !== accountId) return failed(1, null, { order: null });
        return succeeded({ order: orderRow(order as GatewayOrder) });
      },
    },
    queryOperation(context),
  ];
}

function queryOperation(context: RestContext): Operation<Caller> {
  return {
    name: "Order/v2/query",
    bucket: "rest",
    members: {
      filter: required({
        kind: "object",
        members: {
          accountId: required("int32"),
          statuses: optional({ kind: "list", of: { kind: "enumeration" } }),
          contractId: optional("text"),
          createdAfter: optional("instant"),
          createdBefore: optional("instant"),
        },
      }),
      pageSize: optional("int32"),
      pageOffset: optional("int32"),
      sortBy: optional("enumeration"),
      sortDirection: optional("enumeration"),
      includeTotalCount: optional("flag"),
    },
    run: (body) => query(context, body),
  };
}

function place({ firm }: RestContext, body: BoundBody) {
  const fault = body["refusal"] as FaultOf<"rejectOrders"> | null;
  const placed =
    fault === null
      ? firm.trading.place(body as PlaceRequest)
      : firm.trading.rejectPlaced(body as PlaceRequest, fault);
  if (placed.kind === "placed") return succeeded({ orderId: placed.order.id });
  const { code, message } = placed.refusal;
  const orderId = fault?.withOrderId === true ? (placed.order?.id ?? null) : null;
  return failed(code, message, { orderId });
}

/** Lists what an account has, the oldest first; an account nobody knows has no list. */
function listed(context: RestContext, accountId: number, found: readonly GatewayOrder[]) {
  if (context.firm.accounts.get(accountId) === undefined) {
    return failed(ACCOUNT_NOT_FOUND, null, { orders: null });
  }
  return succeeded({ orders: found.toSorted((a, b) => a.id - b.id).map(orderRow) });
}

/** The only list that shows suspended legs. */
function query(context: RestContext, body: BoundBody) {
  const filter = body["filter"] as BoundBody;
  const { accounts, orders } = context.firm;
  const accountId = filter["accountId"] as number;
  if (accounts.get(accountId) === undefined)
    return failed(ACCOUNT_NOT_FOUND, null, { orders: null });
  const statuses = filter["statuses"] as readonly number[] | null;
  const contractId = filter["contractId"] as string | null;
  const found = orders
    .of(accountId, listedAsOf(context, "Order/v2/query"))
    .filter(
      (order) =>
        (statuses === null || statuses.length === 0 || statuses.includes(order.status)) &&
        (contractId === null || order.contract.id === contractId) &&
        isWithin(
          order,
          (filter["createdAfter"] ?? Number.NEGATIVE_INFINITY) as EpochMs,
          filter["createdBefore"] as EpochMs | null,
        ),
    )
    .toSorted((a, b) => a.id - b.id);
  // Ids are given out in the order of creation, so both ways to sort are one.
  const sorted = body["sortDirection"] === 1 ? found.toReversed() : found;
  const offset = (body["pageOffset"] ?? 0) as number;
  const size = (body["pageSize"] ?? 100) as number;
  return succeeded({
    orders: sorted.slice(offset, offset + size).map(orderRow),
    ...(body["includeTotalCount"] === true ? { totalCount: found.length } : {}),
  });
}

function isWithin({ createdAt }: GatewayOrder, from: EpochMs, until: EpochMs | null): boolean {
  return createdAt.at >= from && (until === null || createdAt.at <= until);
}

/** The bare envelope of an operation that changes something. */
export function outcome(refusal: Refusal | null) {
  return refusal === null ? succeeded() : failed(refusal.code, refusal.message);
}
