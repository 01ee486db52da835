/** A bracket as it is asked for: signed ticks from the entry's fill. */
export type BracketRequest = { readonly ticks: number; readonly type: number };

/** What Order/place is asked. Numbers as they came. */
export type PlaceRequest = {
  readonly accountId: number;
  readonly contractId: string;
  readonly type: number;
  readonly side: number;
  readonly size: number;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly trailPrice: number | null;
  readonly customTag: string | null;
  readonly stopLossBracket: BracketRequest | null;
  readonly takeProfitBracket: BracketRequest | null;
};
