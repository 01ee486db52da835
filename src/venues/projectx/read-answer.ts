import type { HttpAnswer } from "#ports/http.ts";
import { ENVELOPE, type Operation } from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import { withoutSecrets } from "./secrets.ts";
import { problemOf } from "./wire-values.ts";

/** The fields of an operation that reading its answer needs. */
export type Answered<T> = Pick<Operation<T>, "path" | "effect" | "payload" | "codes" | "unclear">;

/**
 * Reads an answer in its two layers. Only what the venue clearly says it did not do is refused: a server error, a
 * page of a proxy, a body that cannot be read and an empty payload are unknown. No reason holds one of `secrets`.
 */
export function readAnswer<T>(
  operation: Answered<T>,
  answer: HttpAnswer,
  secrets: readonly string[],
): Outcome<T> {
  const outcome = outcomeOf(operation, answer, secrets);
  switch (outcome.kind) {
    case "confirmed":
      return outcome;
    case "refused":
      return { ...outcome, text: withoutSecrets(outcome.text, secrets) };
    case "notSent":
    case "unknown":
      return { ...outcome, reason: withoutSecrets(outcome.reason, secrets) };
  }
}

function outcomeOf<T>(
  operation: Answered<T>,
  answer: HttpAnswer,
  secrets: readonly string[],
): Outcome<T> {
  const { path } = operation;
  const { status, body } = answer;
  if (status >= 400 && status < 500 && status !== 408) {
    const text = problemsIn(path, answer, secrets);
    return { kind: "refused", endpoint: path, code: status, text };
  }
  if (status !== 200) return unknown(`${path} answered HTTP ${status}`);
  const json = parseJson(body);
  if (json === undefined)
    return unknown(`${path} answered what is not JSON${start(path, body, secrets)}`);
  const envelope = ENVELOPE.safeParse(json);
  if (!envelope.success) return unknown(`${path} cannot be read: ${problemOf(envelope.error)}`);
  const { success, errorCode, errorMessage } = envelope.data;
  if (!success || errorCode !== 0) {
    const name = operation.codes[errorCode - 1] ?? `error ${errorCode}`;
    const text = errorMessage === null || errorMessage === "" ? name : errorMessage;
    if (isUnclear(operation, errorCode) || success === (errorCode !== 0)) {
      return unknown(`${path} answered ${text} (${errorCode})`);
    }
    return { kind: "refused", endpoint: path, code: errorCode, text };
  }
  const payload = operation.payload.safeParse(json);
  if (!payload.success) return unknown(`${path} cannot be read: ${problemOf(payload.error)}`);
  return { kind: "confirmed", value: payload.data };
}

/** A code that nobody knows does not say that nothing was done (R3). */
function isUnclear({ codes, unclear, effect }: Answered<unknown>, errorCode: number): boolean {
  const isKnown = codes[errorCode - 1] !== undefined;
  return unclear.includes(errorCode) || (effect === "mutates" && !isKnown);
}

/** Numbers beyond 2^53 become their text instead of another number. */
export function parseJson(text: string): unknown {
  try {
    const parsed: unknown = /\d{16}/u.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
    return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return isRounded ? (context?.source ?? value) : value;
}

/** What a validation error complains about, by member. */
function problemsIn(
  path: string,
  { status, body }: HttpAnswer,
  secrets: readonly string[],
): string {
  const json = isAboutSecrets(path) ? undefined : parseJson(body);
  const errors: unknown =
    typeof json === "object" && json !== null && "errors" in json ? json.errors : undefined;
  if (typeof errors !== "object" || errors === null) return `${path} answered HTTP ${status}`;
  const texts = Object.entries(errors).map(([member, says]) => `${member}: ${String(says)}`);
  const text = withoutSecrets(texts.join("; "), secrets);
  return `${path} answered HTTP ${status}: ${text.slice(0, 300)}`;
}

function unknown(reason: string): Outcome<never> {
  return { kind: "unknown", reason };
}

/** How a body begins; nothing of one that is about secrets, which half of one still is. */
function start(path: string, body: string, secrets: readonly string[]): string {
  if (isAboutSecrets(path)) return ` (${body.length} characters, not shown here)`;
  return `: ${JSON.stringify(withoutSecrets(body, secrets).slice(0, 60))}`;
}

function isAboutSecrets(path: string): boolean {
  return path.startsWith("/api/Auth/");
}
