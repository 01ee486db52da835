import type { EpochMs } from "#core/domain/units.ts";
import type { Clock } from "#ports/clock.ts";
import type { Faults } from "#practice/projectx/faults/faults.ts";
import { bindBody } from "./bind-body.ts";
import type { BoundBody } from "./body-members.ts";
import type { Caller, Operation } from "./operation.ts";
import { problemDetails } from "./problem-details.ts";
import { RateLimits } from "./rate-limits.ts";
import type { Sessions } from "./sessions.ts";

export type RestRequest = {
  readonly operation: string;
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type RestParts = {
  readonly open: readonly Operation<null>[];
  readonly protected: readonly Operation<Caller>[];
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly clock: Pick<Clock, "sleep" | "yieldTurn">;
  readonly now: () => EpochMs;
  /** False while an instant of the market is half played: requests fall between two of them. */
  readonly isReady: () => boolean;
  /** A request that changes something is about to be carried out. */
  readonly onChange: (operation: string, body: BoundBody, caller: Caller | null) => void;
  /** An operation has done what it does, and the hubs may have something to tell. */
  readonly onDone: () => void;
};

/** Operations after which something is different. */
const CHANGES: ReadonlySet<string> = new Set([
  "Auth/loginKey",
  "Auth/loginApp",
  "Auth/validate",
  "Auth/logout",
  "Order/place",
  "Order/modify",
  "Order/cancel",
  "Position/closeContract",
  "Position/partialCloseContract",
]);

const HTML =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
const JSON_TYPE = /^(?:application\/json|text\/json|application\/[^;]+\+json)\s*(?:;|$)/iu;

/** Answers requests: faults first, then log-in, rate limits, the body, and the operation itself. */
export class RestServer {
  readonly #parts: RestParts;
  readonly #limits = new RateLimits();
  readonly #open: ReadonlyMap<string, Operation<null>>;
  readonly #protected: ReadonlyMap<string, Operation<Caller>>;
  readonly #calls = new Map<string, number>();

  constructor(parts: RestParts) {
    this.#parts = parts;
    this.#open = new Map(parts.open.map((operation) => [operation.name, operation]));
    this.#protected = new Map(parts.protected.map((operation) => [operation.name, operation]));
  }

  /** Carries a request out once more, as it was carried out before. */
  repeat(name: string, body: BoundBody, caller: Caller | null): void {
    const protectedOne = this.#protected.get(name);
    if (protectedOne !== undefined && caller !== null) void protectedOne.run(body, caller);
    else void this.#open.get(name)?.run(body, null);
  }

  operationNames(): readonly string[] {
    return [...this.#open.keys(), ...this.#protected.keys()];
  }

  /** How often each operation was asked for, whatever came of it. */
  get calls(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  /** The answer, or `hangUp` where the connection is to end without one. */
  async answer(request: RestRequest): Promise<Answer | "hangUp"> {
    const { faults, clock } = this.#parts;
    const { operation } = request;
    const target = { operation };
    this.#calls.set(operation, (this.#calls.get(operation) ?? 0) + 1);
    const delay = faults.take("delay", target);
    if (delay?.when === "before") await clock.sleep(delay.ms);
    while (!this.#parts.isReady()) await clock.yieldTurn();
    const early = this.#faultBefore(request.operation);
    if (early !== undefined) return early;
    const answer = await this.#carryOut(request);
    if (delay?.when === "after") await clock.sleep(delay.ms);
    return this.#faultAfter(request.operation, answer);
  }

  async #carryOut(request: RestRequest): Promise<Answer> {
    const open = this.#open.get(request.operation);
    if (open !== undefined) return this.#run(request, open, null);
    const operation = this.#protected.get(request.operation);
    if (operation === undefined) return emptyAnswer(404);
    const { faults, sessions, now } = this.#parts;
    const token = /^bearer (.+)$/iu.exec(request.authorization ?? "")?.[1] ?? null;
    const session = sessions.check(token);
    const isRefused = faults.take("expiredToken", { operation: request.operation }) !== undefined;
    if (session.kind !== "valid" || isRefused) {
      return unauthorized(token !== null && (isRefused || session.kind === "expired"));
    }
    const { userName, sessionId } = session;
    const { bucket } = operation;
    const waitSeconds = bucket === null ? null : this.#limits.take(userName, bucket, now());
    if (waitSeconds !== null) return tooManyRequests(String(waitSeconds));
    return this.#run(request, operation, { userName, sessionId });
  }

  async #run<C extends Caller | null>(
    { contentType, body }: RestRequest,
    operation: Operation<C>,
    caller: C,
  ): Promise<Answer> {
    const { members } = operation;
    if (members === null) return this.#perform(operation, {}, caller);
    if (body !== "" && contentType !== null && !JSON_TYPE.test(contentType)) {
      return emptyAnswer(415);
    }
    const binding = bindBody(body, members);
    if (binding.kind === "problem") {
      return jsonAnswer(400, binding.problem, "application/problem+json; charset=utf-8");
    }
    return this.#perform(operation, operation.prepare?.(binding.body) ?? binding.body, caller);
  }

  async #perform<C extends Caller | null>(
    { name, run }: Operation<C>,
    body: BoundBody,
    caller: C,
  ): Promise<Answer> {
    if (CHANGES.has(name)) this.#parts.onChange(name, body, caller);
    const row = await run(body, caller);
    this.#parts.onDone();
    return jsonAnswer(200, row);
  }

  #faultBefore(operation: string): Answer | "hangUp" | undefined {
    const { faults } = this.#parts;
    const target = { operation };
    if (faults.take("lostRequest", target) !== undefined) return "hangUp";
    const tooMany = faults.take("tooManyRequests", target);
    if (tooMany !== undefined) return tooManyRequests(this.#retryAfter(tooMany.retryAfter));
    if (faults.takeWhen("serverError", target, "before")) return serverError();
    return faults.takeWhen("badGateway", target, "before") ? badGateway() : undefined;
  }

  #faultAfter(operation: string, answer: Answer): Answer | "hangUp" {
    const { faults } = this.#parts;
    const target = { operation };
    if (faults.take("lostAnswer", target) !== undefined) return "hangUp";
    if (faults.takeWhen("serverError", target, "after")) return serverError();
    if (faults.takeWhen("badGateway", target, "after")) return badGateway();
    if (faults.take("malformedBody", target) === undefined) return answer;
    return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
  }

  #retryAfter(value: number | "date" | null): string | null {
    if (typeof value === "number") return String(value);
    if (value === null) return null;
    const at = Temporal.Instant.fromEpochMilliseconds(this.#parts.now() + 1_000);
    return httpDate(at.toZonedDateTimeISO("UTC"));
  }
}

export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: "" };
}

function jsonAnswer(
  status: number,
  body: object,
  type = "application/json; charset=utf-8",
): Answer {
  return { status, headers: { "content-type": type }, body: JSON.stringify(body) };
}

function unauthorized(isExpired: boolean): Answer {
  const challenge = isExpired
    ? 'Bearer error="invalid_token", error_description="The token expired"'
    : "Bearer";
  return { status: 401, headers: { "www-authenticate": challenge }, body: "" };
}

function tooManyRequests(retryAfter: string | null): Answer {
  return {
    status: 429,
    headers: retryAfter === null ? {} : { "retry-after": retryAfter },
    body: "",
  };
}

function serverError(): Answer {
  const problem = {
    type: "https://tools.ietf.org/html/rfc9110#section-15.6.1",
    title: "An error occurred while processing your request.",
    status: 500,
    traceId: problemDetails({}).traceId,
  };
  return jsonAnswer(500, problem, "application/problem+json; charset=utf-8");
}

function badGateway(): Answer {
  return { status: 502, headers: { "content-type": "text/html" }, body: HTML };
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function httpDate(at: Temporal.ZonedDateTime): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${two(at.day)} ${MONTHS[at.month - 1]} ${at.year}`;
  return `${DAYS[at.dayOfWeek - 1]}, ${date} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} GMT`;
}
