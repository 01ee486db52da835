import type { Member, MemberType, Members } from "./body-members.ts";
import { type ProblemDetails, problemDetails } from "./problem-details.ts";

export type Binding =
  | { readonly kind: "bound"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "problem"; readonly problem: ProblemDetails };

const INT32_MAX = 2_147_483_647;

/** What .NET calls the types, for its messages. */
const TYPE_NAMES = {
  int32: "System.Int32",
  int64: "System.Int64",
  decimal: "System.Decimal",
  text: "System.String",
  flag: "System.Boolean",
  instant: "System.DateTimeOffset",
  enumeration: "ProjectX.Gateway.Api.Enumeration",
  list: "System.Collections.Generic.List",
  object: "System.Object",
} as const satisfies Record<MemberType["kind"], string>;

/**
 * Reads a JSON body the way ASP.NET does: names in any case, unknown members ignored, and a value of the wrong type
 * spoils the whole body, so that the answer also claims that there is none.
 */
export function bindBody(text: string, members: Members): Binding {
  if (text.trim() === "") {
    return problem({
      "": ["A non-empty request body is required."],
      request: ["The request field is required."],
    });
  }
  const raw = parse(text);
  if (raw === undefined || typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const path = "$ | LineNumber: 0 | BytePositionInLine: 0.";
    return problem({
      request: ["The request field is required."],
      $: [`The JSON value could not be converted. Path: ${path}`],
    });
  }
  const mistakes: Record<string, readonly string[]> = {};
  const body = bindMembers(raw, members, { path: "$", text, mistakes });
  if (Object.keys(mistakes).length === 0) return { kind: "bound", body };
  const isSpoiled = Object.keys(mistakes).some((key) => key.startsWith("$"));
  return problem(
    isSpoiled ? { request: ["The request field is required."], ...mistakes } : mistakes,
  );
}

type Place = {
  readonly path: string;
  readonly text: string;
  readonly mistakes: Record<string, readonly string[]>;
};

function bindMembers(raw: object, members: Members, place: Place): Record<string, unknown> {
  const given = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
  const body: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) {
    body[name] = bindMember(name, given.get(name.toLowerCase()), member, place);
  }
  return body;
}

function bindMember(name: string, value: unknown, member: Member, place: Place): unknown {
  const { mistakes } = place;
  if (value === undefined || (value === null && !member.isRequired)) {
    if (member.isRequired) mistakes[name] = [`The ${name} field is required.`];
    return null;
  }
  const at = { ...place, path: `${place.path}.${name}` };
  const bound = convert(value, member.type, at);
  if (bound !== undefined) return bound;
  mistakes[at.path] = [
    `The JSON value could not be converted to ${TYPE_NAMES[member.type.kind]}. Path: ${at.path} | ${position(place.text, name)}`,
  ];
  return null;
}

/** Undefined for what is not of the type. */
function convert(value: unknown, type: MemberType, place: Place): unknown {
  switch (type.kind) {
    case "int32": {
      const count = numberOf(value);
      return Number.isInteger(count) && Math.abs(count) <= INT32_MAX ? count : undefined;
    }
    case "int64": {
      const count = numberOf(value);
      return Number.isSafeInteger(count) ? count : undefined;
    }
    case "decimal": {
      const amount = numberOf(value);
      return Number.isFinite(amount) ? amount : undefined;
    }
    case "enumeration":
      return typeof value === "number" && Number.isInteger(value) ? value : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "instant":
      return typeof value === "string" ? instantOf(value) : undefined;
    case "list": {
      if (!Array.isArray(value)) return undefined;
      const items = value.map((item) => convert(item, type.of, place));
      return items.includes(undefined) ? undefined : items;
    }
    case "object":
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      return bindMembers(value, type.members, place);
  }
}

/** Text that is a number counts as one, as in the web defaults of System.Text.Json. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  const isNumeric = typeof value === "string" && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu.test(value);
  return isNumeric ? Number(value) : Number.NaN;
}

/** Milliseconds, undefined for what is no instant; one without an offset is UTC. */
export function instantOf(text: string): number | undefined {
  const hasOffset = /(?:z|[+-]\d{2}:?\d{2})$/iu.test(text);
  const isDateOnly = /^\d{4}-\d{2}-\d{2}$/u.test(text);
  const whole = isDateOnly ? `${text}T00:00:00Z` : hasOffset ? text : `${text}Z`;
  try {
    return Temporal.Instant.from(whole).epochMilliseconds;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** Where a member stands in the text, roughly: the venue's own numbers are the end of the value. */
function position(text: string, name: string): string {
  const found = text.toLowerCase().indexOf(`"${name.toLowerCase()}"`);
  const before = text.slice(0, Math.max(0, found));
  const line = before.split("\n").length - 1;
  const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1)) + name.length + 3;
  return `LineNumber: ${line} | BytePositionInLine: ${column}.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function problem(errors: Readonly<Record<string, readonly string[]>>): Binding {
  return { kind: "problem", problem: problemDetails(errors) };
}
