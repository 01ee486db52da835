import type { EpochMs } from "#core/domain/units.ts";
import { readToken, signToken } from "./json-web-token.ts";

export const TOKEN_LIFE_MS = 86_400_000;

export type TokenCheck =
  | { readonly kind: "valid"; readonly userName: string; readonly sessionId: number }
  | { readonly kind: "expired" | "invalid" };

export type SessionParts = {
  readonly now: () => EpochMs;
  readonly signingKey: string;
  /** Another log-in of the same user ended a session. */
  readonly onDisplaced: (sessionId: number) => void;
};

type Session = { readonly id: number; readonly userName: string; tokenId: number };

/** Who is logged in. A user has one session; a session has one token that is valid, the last one given out. */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #sessions = new Map<number, Session>();
  #sessionCount = 0;
  #tokenCount = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  logIn(userName: string): string {
    for (const session of this.#sessions.values()) {
      if (session.userName !== userName) continue;
      this.#sessions.delete(session.id);
      this.#parts.onDisplaced(session.id);
    }
    this.#sessionCount += 1;
    const session = { id: this.#sessionCount, userName, tokenId: 0 };
    this.#sessions.set(session.id, session);
    return this.#newToken(session);
  }

  check(token: string | null): TokenCheck {
    const claims = token === null ? undefined : readToken(token, this.#parts.signingKey);
    const session = claims === undefined ? undefined : this.#sessions.get(claims.sid);
    if (claims === undefined || session === undefined || session.tokenId !== claims.jti) {
      return { kind: "invalid" };
    }
    if (this.#parts.now() >= claims.exp * 1_000) return { kind: "expired" };
    return { kind: "valid", userName: session.userName, sessionId: session.id };
  }

  /** The token that is valid from now on; the one before is worthless. */
  renew(sessionId: number): string {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) throw new RangeError(`Expected a session, found ${sessionId}`);
    return this.#newToken(session);
  }

  logOut(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }

  endAll(): void {
    this.#sessions.clear();
  }

  #newToken(session: Session): string {
    this.#tokenCount += 1;
    session.tokenId = this.#tokenCount;
    const iat = Math.floor(this.#parts.now() / 1_000);
    const { userName: sub, id: sid, tokenId: jti } = session;
    const exp = iat + TOKEN_LIFE_MS / 1_000;
    return signToken({ sub, sid, jti, iat, exp }, this.#parts.signingKey);
  }
}
