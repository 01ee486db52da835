import { invariant } from "#core/domain/invariant.ts";

/**
 * Canonical text of a plain value: JSON with sorted keys, whole or finite numbers only, `bigint` as `"$123"`,
 * maps as lists of pairs and sets as lists in their own order. Equal values have equal text, so journal, snapshot
 * and fingerprint share it. A text that begins with `$` is written with a second one.
 */
export function encode(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.startsWith("$") ? `$${value}` : value);
    case "number":
      if (!Number.isFinite(value)) invariant(false, `encoded numbers are finite, found ${value}`);
      return String(value);
    case "bigint":
      return `"$${value}"`;
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return encodeObject(value);
    case "undefined":
    case "function":
    case "symbol":
      invariant(false, `only plain values are encoded, found ${typeof value}`);
  }
}

/** The value of a canonical text. Maps and sets come back as the lists they were written as. */
export function decode(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('"$') ? revive(value) : value;
}

function encodeObject(value: object | null): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return encodeList(value);
  if (value instanceof Map || value instanceof Set) return encodeList([...value]);
  const fields = value as Readonly<Record<string, unknown>>;
  let text = "";
  for (const key of sorted(Object.keys(fields))) {
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${encode(fields[key])}`;
  }
  return `{${text}}`;
}

/** In place. A few names that are mostly in order are sorted sooner by hand, and every order passes here. */
function sorted(names: string[]): readonly string[] {
  if (names.length > FEW) return names.sort();
  for (let next = 1; next < names.length; next += 1) {
    const name = names[next] ?? "";
    let at = next;
    for (let before = names[at - 1] ?? ""; at > 0 && before > name; before = names[at - 1] ?? "") {
      names[at] = before;
      at -= 1;
    }
    names[at] = name;
  }
  return names;
}

const FEW = 24;

function encodeList(values: readonly unknown[]): string {
  let text = "";
  for (const value of values) text += `${text === "" ? "" : ","}${encode(value)}`;
  return `[${text}]`;
}

/** Undoes the tags in place: the parsed value is ours alone. */
function revive(value: unknown): unknown {
  if (typeof value === "string") return value.charCodeAt(0) === 36 ? untag(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = revive(value[index]);
    return value;
  }
  for (const key in value) {
    const field: unknown = Reflect.get(value, key);
    if (typeof field === "string" ? field.charCodeAt(0) === 36 : typeof field === "object") {
      Reflect.set(value, key, revive(field));
    }
  }
  return value;
}

function untag(text: string): string | bigint {
  return text.charCodeAt(1) === 36 ? text.slice(1) : BigInt(text.slice(1));
}
