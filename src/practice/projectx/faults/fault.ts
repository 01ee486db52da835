import { z } from "zod";

export const HUB_NAMES = ["user", "market"] as const;
export type HubName = (typeof HUB_NAMES)[number];

/**
 * The switches of the practice gateway, as `POST /practice/faults` takes them. What each does is listed in
 * docs/practice-projectx.md. Those marked *at once* act when they are sent; the others hold until `count` requests or
 * events were hit, `durationMs` of wall time have passed, or they are switched off.
 */
const FAULTS = {
  /** The request is carried out and the socket closed without an answer. */
  lostAnswer: {},
  /** The socket is closed before anything is carried out. */
  lostRequest: {},
  /** The answer comes `ms` of wall time late; `before` holds the request back, `after` the answer. */
  delay: { ms: z.number().int().min(0), when: z.enum(["before", "after"]).default("after") },
  /** 429; `retryAfter` is the header: seconds, `date`, or null for none. */
  tooManyRequests: {
    retryAfter: z.union([z.number().int().min(0), z.literal("date"), z.null()]).default(1),
  },
  /** 500, before or after the request is carried out. */
  serverError: { when: z.enum(["before", "after"]).default("before") },
  /** 502 with a page of HTML; nothing is carried out unless `when` is `after`. */
  badGateway: { when: z.enum(["before", "after"]).default("before") },
  /** The request is carried out and answered with half a JSON object. */
  malformedBody: {},
  /** Without `operation`: every token is worthless from now on, at once. With one: 401 for it. */
  expiredToken: {},
  /** Order/search, searchOpen, v2/query, Position/searchOpen and Trade/search tell what was `ms` of practice time ago. */
  staleLists: { ms: z.number().int().min(0) },
  /** Order/place is refused with a text; `withOrderId` tells the id of the rejected order too. */
  rejectOrders: {
    message: z.string().nullable().default(null),
    code: z.number().int().min(1).default(2),
    withOrderId: z.boolean().default(false),
  },
  /** A cancel takes `ms` of practice time; until then the order is pending cancellation and can fill. */
  slowCancel: { ms: z.number().int().min(1) },
  /** At once: ends connections. `tcp` drops them, `close` and `closeReconnect` send a Close record first. */
  hubCut: {
    how: z.enum(["tcp", "close", "closeReconnect", "normal"]).default("tcp"),
    error: z.string().nullable().default("Connection closed with an error."),
  },
  /** No events; pings and completions go on. */
  silentFeed: {},
  /**
   * At once: on open connections nothing goes out any more and nothing that comes in is read, pings included. With
   * `newToo` those made later are dead as well, until it is over.
   */
  halfOpen: { newToo: z.boolean().default(false) },
  /** Connections are refused: negotiate and upgrade answer `status`. */
  refusedHub: { status: z.number().int().min(400).max(599).default(503) },
  /** Every event is told twice. */
  duplicateEvents: {},
  /** Two events change places. */
  outOfOrderEvents: {},
  /** Ids in user events are text. */
  stringIds: {},
  /** Depth batches begin and end with null. */
  depthNulls: {},
  /** At once: GatewayLogout is told. */
  gatewayLogout: {},
  /** At once: every connection ends; resting orders and sessions stay or go; connections are refused for `downMs`. */
  restart: {
    keepOrders: z.boolean().default(true),
    keepSessions: z.boolean().default(true),
    downMs: z.number().int().min(0).default(0),
  },
} as const satisfies Record<string, z.ZodRawShape>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Where and how long a fault holds; null is everywhere, or without end. */
const SCOPE = {
  on: z.boolean().default(true),
  /** Such as "Order/place"; upper and lower case are the same. */
  operation: z.string().nullable().default(null),
  hub: z.enum(HUB_NAMES).nullable().default(null),
  /** Such as "GatewayUserOrder". */
  event: z.string().nullable().default(null),
  count: z.number().int().min(1).nullable().default(null),
  durationMs: z.number().int().min(1).nullable().default(null),
};

type Scope = z.infer<z.ZodObject<typeof SCOPE>>;
export type FaultOf<K extends FaultKind> = K extends FaultKind
  ? Scope & z.infer<z.ZodObject<(typeof FAULTS)[K]>> & { readonly kind: K }
  : never;
export type Fault = FaultOf<FaultKind>;

const kindSchema = z.object({ kind: z.enum(FAULT_KINDS) });

/** Reads a switch as it is sent. Throws `z.ZodError`. */
export function readFault(body: unknown): Fault {
  const { kind } = kindSchema.parse(body);
  const shape = z.strictObject({ kind: z.literal(kind), ...SCOPE, ...FAULTS[kind] });
  return shape.parse(body) as Fault;
}
