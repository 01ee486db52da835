import { Buffer } from "node:buffer";
import {
  type FoundSecret,
  type SecretName,
  type SecretSafe,
  SecretsError,
  secretName,
} from "#ports/secrets.ts";
import type { RunTool } from "./tool.ts";

const SERVICE = "keel";
const NOT_FOUND = 44;
const ABSENT = "the tool security is not there";

/** The login keychain of macOS, through `security`. */
export function macKeychain(run: RunTool): SecretSafe {
  const read = async (name: SecretName): Promise<FoundSecret> => {
    const args = ["find-generic-password", "-s", SERVICE, "-a", name, "-w"];
    const answer = await run(["security", ...args], "");
    if (answer === null) return { kind: "unavailable", reason: ABSENT };
    if (answer.code === 0) return { kind: "found", text: answer.out.replace(/\n$/u, "") };
    if (answer.code === NOT_FOUND) return { kind: "none" };
    return { kind: "unavailable", reason: answer.err.trim() || `security: ${answer.code}` };
  };
  return {
    place: "the keychain",
    async hindrance() {
      const answer = await run(["security", "default-keychain"], "");
      if (answer === null) return ABSENT;
      return answer.code === 0 ? null : answer.err.trim();
    },
    read,
    async names() {
      const answer = await run(["security", "dump-keychain"], "");
      if (answer === null || answer.code !== 0) return null;
      const items = answer.out.split(/^keychain: /mu);
      const ours = items.filter((item) => item.includes(`"svce"<blob>="${SERVICE}"`));
      const found = ours.flatMap((item) => /"acct"<blob>="([\w-]+)"/u.exec(item)?.[1] ?? []);
      return found.toSorted().map(secretName);
    },
    async write(name, text) {
      // With -i the command itself comes from the input, so that no argument of a process holds the secret.
      const hex = Buffer.from(text, "utf8").toString("hex");
      const command = `add-generic-password -U -s ${SERVICE} -a ${name} -X ${hex}\n`;
      const answer = await run(["security", "-i"], command);
      const kept = await read(name);
      // It ends well whatever became of the command.
      if (kept.kind === "found" && kept.text === text) return;
      const why = (answer?.err ?? "").replaceAll(hex, "…").trim();
      throw new SecretsError(`Expected the keychain to keep a secret, found: ${why}`);
    },
    async remove(name) {
      const args = ["delete-generic-password", "-s", SERVICE, "-a", name];
      const answer = await run(["security", ...args], "");
      if (answer?.code === 0) return true;
      if (answer?.code === NOT_FOUND || answer === null) return false;
      throw new SecretsError(
        `Expected the keychain to delete a secret, found: ${answer.err.trim()}`,
      );
    },
  };
}
