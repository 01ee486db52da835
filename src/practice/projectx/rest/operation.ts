import type { Row } from "#practice/projectx/wire/rows.ts";
import type { BoundBody, Members } from "./body-members.ts";
import type { RateBucket } from "./rate-limits.ts";

/** Who calls; null where no token is asked for. */
export type Caller = { readonly userName: string; readonly sessionId: number };

/** One operation of the REST interface. Its answer is the JSON body, envelope included. */
export type Operation<C extends Caller | null = Caller | null> = {
  /** "Order/place": the path below /api/. */
  readonly name: string;
  readonly bucket: RateBucket | null;
  /** Null for an operation without a body. */
  readonly members: Members | null;
  /** Settles what chance or a fault decides, so that the same body run again does the same. */
  readonly prepare?: (body: BoundBody) => BoundBody;
  readonly run: (body: BoundBody, caller: C) => Row | Promise<Row>;
};

const ENVELOPE = { success: true, errorCode: 0, errorMessage: null } as const;

export function succeeded(payload: Row = {}): Row {
  return { ...payload, ...ENVELOPE };
}

/** A business failure: HTTP 200 all the same. */
export function failed(code: number, message: string | null = null, payload: Row = {}): Row {
  return { ...payload, success: false, errorCode: code, errorMessage: message };
}
