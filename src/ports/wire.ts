/**
 * Reads one plain value that came over a wire, at `path` of its message. Throws `WireError` at the first thing that
 * is wrong. For programs that talk to each other: fields nobody asks for are passed over, and nothing is made up for
 * fields that are missing. What people write is read by the settings of the core, which name every mistake.
 */
export type Reader<T> = (raw: unknown, path: string) => T;
type ValueOf<R> = R extends Reader<infer T> ? T : never;
type Shape = Readonly<Record<string, Reader<unknown>>>;
type RecordOf<S extends Shape> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A message of another program is not what was agreed. */
export class WireError extends Error {
  override readonly name = "WireError";
}

export function whole(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  const range = min === Number.MIN_SAFE_INTEGER ? "" : ` from ${min} to ${max}`;
  return checked(
    `a whole number${range}`,
    (raw): raw is number => Number.isSafeInteger(raw) && Number(raw) >= min && Number(raw) <= max,
  );
}

export const finite = checked("a number", (raw): raw is number => Number.isFinite(raw));
export const yesOrNo = checked("true or false", (raw): raw is boolean => typeof raw === "boolean");
export const anyText = checked("a text", (raw): raw is string => typeof raw === "string");
export const wholeBig = checked(
  "a large whole number",
  (raw): raw is bigint => typeof raw === "bigint",
);

/** A text that becomes an id; the id's own rules decide. */
export function id<T extends string>(make: (text: string) => T): Reader<T> {
  return (raw, path) => {
    try {
      return make(anyText(raw, path));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new WireError(`${path}: ${error.message}`, { cause: error });
    }
  };
}

export function oneOf<const C extends readonly string[]>(...choices: C): Reader<C[number]> {
  return checked(`one of ${choices.join(", ")}`, (raw): raw is C[number] =>
    choices.some((choice) => choice === raw),
  );
}

export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (raw, path) => (raw === null ? null : read(raw, path));
}

export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (raw, path) => {
    if (!Array.isArray(raw)) throw wrong(path, "a list", raw);
    return raw.map((element, index) => item(element, `${path}[${index}]`));
  };
}

export function record<S extends Shape>(shape: S): Reader<RecordOf<S>> {
  const readers = Object.entries(shape);
  return (raw, path) => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      throw wrong(path, "an object", raw);
    }
    const fields = readers.map(([key, read]) => {
      const value: unknown = Object.hasOwn(raw, key) ? Reflect.get(raw, key) : undefined;
      return [key, read(value, path === "" ? key : `${path}.${key}`)];
    });
    return Object.fromEntries(fields) as RecordOf<S>;
  };
}

/** One of several shapes, told apart by the word under `key`. */
export function variant<T>(
  key: string,
  shapes: Readonly<Record<string, Reader<unknown>>>,
): Reader<T> {
  const word = record({ [key]: oneOf(...Object.keys(shapes)) });
  return (raw, path) => {
    const tag = word(raw, path)[key] ?? "";
    return { [key]: tag, ...(shapes[tag]?.(raw, path) as object) } as T;
  };
}

function checked<T>(expected: string, holds: (raw: unknown) => raw is T): Reader<T> {
  return (raw, path) => {
    if (holds(raw)) return raw;
    throw wrong(path, expected, raw);
  };
}

function wrong(path: string, expected: string, raw: unknown): WireError {
  const found = typeof raw === "bigint" ? `${raw}n` : (JSON.stringify(raw) ?? "nothing");
  const shown = found.length > 60 ? `${found.slice(0, 57)}...` : found;
  return new WireError(`${path === "" ? "message" : path}: expected ${expected}, found ${shown}`);
}
