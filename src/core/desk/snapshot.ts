import { decode, encode } from "./codec.ts";
import { type DeskState, emptyState } from "./state.ts";

/** The whole durable state as canonical text; equal states have equal text. */
export function encodeState(state: DeskState): string {
  return encode(state);
}

/** The state behind a text of `encodeState`. Throws when the text is not one. */
export function decodeState(text: string): DeskState {
  const plain = decode(text);
  if (typeof plain !== "object" || plain === null) throw new TypeError("Expected a desk state");
  const state = emptyState();
  for (const [name, empty] of Object.entries(state)) {
    if (!Object.hasOwn(plain, name)) throw new TypeError(`Expected a desk state with ${name}`);
    const value: unknown = Reflect.get(plain, name);
    Reflect.set(state, name, empty instanceof Map ? new Map(pairs(name, value)) : value);
  }
  return state;
}

/** Makes a state equal to another, in place: whoever holds it goes on holding the right one. */
export function adoptState(state: DeskState, adopted: DeskState): void {
  for (const [name, value] of Object.entries(adopted)) {
    const own: unknown = Reflect.get(state, name);
    if (own instanceof Map && value instanceof Map) {
      own.clear();
      for (const [key, item] of value) own.set(key, item);
    } else Reflect.set(state, name, value);
  }
}

function pairs(name: string, value: unknown): [unknown, unknown][] {
  if (!Array.isArray(value)) throw new TypeError(`Expected a list in ${name}`);
  return value.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(`Expected pairs in ${name}`);
    return [pair[0], pair[1]];
  });
}
