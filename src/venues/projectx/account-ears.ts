import type { PositionRow } from "./rows.ts";

/** What the user hub has said of accounts on this connection, to compare lists with. */
export class AccountEars {
  readonly #trades = new Map<string, number>();
  readonly #positions = new Map<string, Map<string, number>>();

  /** The connection is gone: what was said grows old. */
  forget(): void {
    this.#positions.clear();
  }

  heardTrade(account: string): void {
    this.#trades.set(account, this.trades(account) + 1);
  }

  heardPosition(row: PositionRow): void {
    const positions = this.#positions.get(row.accountId) ?? new Map<string, number>();
    positions.set(row.contractId, signed(row));
    this.#positions.set(row.accountId, positions);
  }

  /** How many trades were heard so far. */
  trades(account: string): number {
    return this.#trades.get(account) ?? 0;
  }

  /** Whether a list of open positions is what the hub told last, as far as it told. */
  agrees(account: string, listed: readonly PositionRow[]): boolean {
    for (const [contractId, qty] of this.#positions.get(account) ?? []) {
      const row = listed.find((one) => one.contractId === contractId);
      if ((row === undefined ? 0 : signed(row)) !== qty) return false;
    }
    return true;
  }
}

function signed({ type, size }: PositionRow): number {
  if (type === 0) return 0;
  return type === 1 ? size : -size;
}
