/**
 * Places at which a crash is worth surviving, told by the program as it passes them. In production nobody listens;
 * the crash proof ends the process there.
 */
export const CRASH_POINTS = [
  /** Decided and written down, not yet durable. */
  "afterApplyBeforeCommit",
  /** An order or a cancel is durable and has not left. */
  "afterCommitBeforeSend",
  /** It has left and nobody has answered. */
  "afterSendBeforeAnswer",
  /** A fill is durable and its stop has not left. */
  "betweenFillAndStop",
  /** A close-down of an account has begun and is not at its end. */
  "duringFlatten",
  /** A snapshot of the state is being saved. */
  "duringSnapshot",
  /** The venue's word about an account has been taken in and is not durable, others are still to come. */
  "duringReconcile",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Told when the program is at a point. Never returns there when the crash proof wants it so. */
export type PassPoint = (point: CrashPoint) => void;

export const passUnseen: PassPoint = () => undefined;
