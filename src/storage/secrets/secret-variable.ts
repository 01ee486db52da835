import { type SecretKeeper, type SecretName, secretName } from "#ports/secrets.ts";

const PREFIX = "KEEL_SECRET_";
const PASSPHRASE = "KEEL_PASSPHRASE";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variable of a secret: `KEEL_SECRET_TOPSTEP_KEY` for `topstep-key`. */
export function variableOf(name: SecretName): string {
  return `${PREFIX}${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Secrets that whoever starts Keel has put into its environment. One that is empty is not there. */
export function secretVariables(env: Variables): SecretKeeper {
  return {
    place: "the environment",
    async read(name) {
      const text = env[variableOf(name)] ?? "";
      return text === "" ? { kind: "none" } : { kind: "found", text };
    },
    names: async () =>
      Object.keys(env)
        .filter((key) => key.startsWith(PREFIX) && env[key] !== "")
        .map((key) => key.slice(PREFIX.length))
        .filter((name) => /^[A-Za-z]\w{0,63}$/u.test(name))
        .toSorted()
        .map(secretName),
  };
}

/** The same environment for a process that has no business with secrets. */
export function withoutSecrets(env: Variables): Record<string, string> {
  const kept: [string, string][] = [];
  for (const [key, value] of Object.entries(env)) {
    const isSecret = key.startsWith(PREFIX) || key === PASSPHRASE;
    if (value !== undefined && !isSecret) kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}
