import type { SessionConfig } from "#core/desk/config.ts";
import type { AccountId } from "#core/domain/ids.ts";
import { didYouMean } from "#core/domain/settings.ts";
import { UsageError } from "./command-frame.ts";

/** The account of a session that a person means. */
export function accountNamed(
  { accounts }: Pick<SessionConfig, "accounts">,
  name: string,
): AccountId {
  const found = accounts.find(({ accountId }) => accountId === name);
  if (found !== undefined) return found.accountId;
  const ids = accounts.map(({ accountId }) => accountId);
  const hint = didYouMean(name, ids);
  throw new UsageError(
    `Expected an account of the session (${ids.join(", ") || "none"}), found ${name}${hint === null ? "" : `; ${hint}`}`,
  );
}
