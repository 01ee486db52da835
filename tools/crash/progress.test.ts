import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TemporaryFolder } from "#storage/temporary-folder.ts";
import { type DoneRound, Progress, type Proof } from "./progress.ts";

const PROOF: Proof = { source: "abc", venue: "simulated", seed: 1, kills: 100, killsPerRound: 50 };
const ROUND: DoneRound = {
  lost: ["H-1 was accepted and is in no record"],
  doubled: [],
  strangers: [],
  lockoutsLost: [],
  mismatched: [],
  lockouts: 2,
  hits: ["duringFlatten", "random"],
  extraKills: 0,
  requests: 9,
  accepted: 8,
  orders: 7,
  fills: 6,
  records: 50,
  verified: true,
  notVerifiable: 1,
  comparisons: 2,
  uncovered: [],
  positions: 3,
  coverMsWorst: 40,
  seconds: 5,
};

function aFile(): string {
  return new TemporaryFolder().file("progress.json");
}

test("the same run goes on after the rounds that were done, with what they found", () => {
  const path = aFile();
  const progress = new Progress(path, PROOF);

  expect(progress.rounds()).toEqual([]);
  progress.save([ROUND]);
  progress.save([ROUND, { ...ROUND, seconds: 6 }]);

  expect(new Progress(path, { ...PROOF }).rounds()).toEqual([ROUND, { ...ROUND, seconds: 6 }]);
});

test.each([
  ["sources", { ...PROOF, source: "abd" }],
  ["venue", { ...PROOF, venue: "projectx" }],
  ["seed", { ...PROOF, seed: 2 }],
  ["length", { ...PROOF, kills: 200 }],
  ["rounds", { ...PROOF, killsPerRound: 25 }],
])("a run with other %s takes over nothing", (_what, other) => {
  const path = aFile();
  new Progress(path, PROOF).save([ROUND]);

  expect(new Progress(path, other).rounds()).toEqual([]);
});

test("what was being written when a run was interrupted spoils nothing", () => {
  const path = aFile();
  const progress = new Progress(path, PROOF);
  progress.save([ROUND]);

  writeFileSync(`${path}.next`, '{"proof":');

  expect(progress.rounds()).toEqual([ROUND]);
});

test("what is forgotten is done anew", () => {
  const progress = new Progress(aFile(), PROOF);
  progress.save([ROUND]);

  progress.forget();

  expect(progress.rounds()).toEqual([]);
});
