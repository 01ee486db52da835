import {
  type FoundSecret,
  type SecretName,
  type SecretSafe,
  SecretsError,
  secretName,
} from "#ports/secrets.ts";
import type { RunTool, ToolAnswer } from "./tool.ts";

const TOOL = "secret-tool";
/** Attributes by which our secrets are found. */
const OURS = ["application", "keel"];
const ABSENT = "secret-tool is not installed";

/** The keychain of a Linux desktop, through `secret-tool` of libsecret. */
export function secretTool(run: RunTool): SecretSafe {
  const ask = (args: readonly string[], input = ""): Promise<ToolAnswer> =>
    run([TOOL, ...args], input);
  const list = () => ask(["search", "--all", ...OURS]);
  const read = async (name: SecretName): Promise<FoundSecret> => {
    const answer = await ask(["lookup", ...OURS, "name", name]);
    if (answer === null) return { kind: "unavailable", reason: ABSENT };
    if (answer.code === 0 && answer.out !== "") {
      return { kind: "found", text: answer.out.replace(/\n$/u, "") };
    }
    const reason = refusalOf(answer);
    return reason === null ? { kind: "none" } : { kind: "unavailable", reason };
  };
  return {
    place: "the keychain",
    async hindrance() {
      const answer = await list();
      if (answer === null) return ABSENT;
      return refusalOf(answer);
    },
    read,
    async names() {
      const answer = await list();
      if (answer === null || refusalOf(answer) !== null) return null;
      // The names come on one stream or the other, and so may the texts, which are passed over.
      const found = `${answer.out}\n${answer.err}`.matchAll(/^attribute\.name = ([\w-]+)$/gmu);
      return [...new Set([...found].map(([, name = ""]) => name))].toSorted().map(secretName);
    },
    async write(name, text) {
      const label = `--label=Keel ${name}`;
      const answer = await ask(["store", label, ...OURS, "name", name], text);
      if (answer?.code === 0) return;
      throw refused("keep", answer);
    },
    async remove(name) {
      const known = await read(name);
      if (known.kind !== "found") return false;
      const answer = await ask(["clear", ...OURS, "name", name]);
      if (answer?.code !== 0) throw refused("delete", answer);
      return true;
    },
  };
}

/** Nothing found is an exit code of 1 and silence; whoever cannot ask says why. */
function refusalOf({ code, err }: NonNullable<ToolAnswer>): string | null {
  if (code === 0) return null;
  const [line = ""] = err.trim().split("\n");
  if (line === "" && code === 1) return null;
  return line === "" ? `secret-tool ended with ${code ?? "a signal"}` : line;
}

function refused(what: string, answer: ToolAnswer): SecretsError {
  const why = answer === null ? ABSENT : (refusalOf(answer) ?? "it said nothing");
  return new SecretsError(`Expected the keychain to ${what} a secret, found: ${why}`);
}
