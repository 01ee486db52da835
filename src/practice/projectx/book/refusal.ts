/** Why an operation did nothing: the code means something else at each operation. */
export type Refusal = {
  readonly code: number;
  readonly message: string | null;
};

/** The recorded texts. */
export const REFUSALS = {
  closedHours: "Outside of trading hours.",
  notTrading:
    "Trading is currently unavailable. The instrument is not in an active trading status.",
  price: "Invalid price. Price is outside allowed range.",
  stopPrice: "Invalid stop price",
  type: "Invalid order type specified",
  size: "Invalid order size specified",
  side: "Invalid order side specified",
  tag: "Specified custom tag is already in use",
  positionBrackets:
    "Brackets cannot be used with Position Brackets. You must enable Auto OCO Brackets.",
  maxPosition: "Maximum position exceeded.",
  noApi: "Live accounts not supported",
} as const;

/** Error codes of Order/place. */
export const PLACE = {
  accountNotFound: 1,
  rejected: 2,
  violation: 4,
  contractNotFound: 8,
  contractNotActive: 9,
  accountRejected: 10,
} as const;

/** Error codes of Order/modify and Order/cancel. */
export const CHANGE = {
  accountNotFound: 1,
  orderNotFound: 2,
  rejected: 3,
  unknown: 5,
  accountRejected: 6,
} as const;

/** Error codes of Position/closeContract. */
export const CLOSE = {
  accountNotFound: 1,
  positionNotFound: 2,
  contractNotFound: 3,
  contractNotActive: 4,
  rejected: 5,
  accountRejected: 8,
} as const;

/** Error codes of Position/partialCloseContract. */
export const PARTIAL_CLOSE = {
  ...CLOSE,
  invalidSize: 5,
  rejected: 6,
  accountRejected: 9,
} as const;
