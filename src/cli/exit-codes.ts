/** What the exit code of every command means. Scripts and supervisors rely on these. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  noDesk: 4,
  otherInstance: 5,
  notVerified: 6,
  noData: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The same for people, in the order of the numbers. */
const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  bug: "unexpected: a bug, or a machine that misbehaves",
  usage: "wrong usage or wrong configuration",
  refused: "refused by the desk or the venue",
  noDesk: "no desk is running, or the desk or the venue cannot be reached",
  otherInstance: "another instance or login holds the session",
  notVerified: "verification failed, or the journal is damaged",
  noData: "market data, a session or a secret is missing or broken",
  interrupted: "interrupted",
};

export function exitCodeHelp(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const lines = names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${MEANINGS[name]}`);
  return ["Exit codes:", ...lines].join("\n");
}
