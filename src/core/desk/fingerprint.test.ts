import { expect, test } from "vitest";
import { Fingerprint, chainHash, encodeOutcome } from "./fingerprint.ts";

/** Shows what went in. */
const hash = (text: string): string => `<${text}>`;

test("a record's hash holds the hash of the record before", () => {
  expect(chainHash(hash, "before", "body")).toBe("<before\nbody>");
});

test("a fingerprint chains every outcome in order, from nothing", () => {
  const fingerprint = new Fingerprint(hash);

  const values = [fingerprint.value];
  for (const outcome of ["a", "b"]) {
    fingerprint.add(outcome);
    values.push(fingerprint.value);
  }

  expect(values).toEqual(["", "<\na>", "<<\na>\nb>"]);
});

test("an outcome is its number, facts and commands, whatever else is about", () => {
  const outcome = { facts: [{ b: 1n, a: 2 }], commands: [], seq: 7, event: "not told" };

  expect(encodeOutcome(outcome)).toBe('{"commands":[],"facts":[{"a":2,"b":"$1"}],"seq":7}');
});
