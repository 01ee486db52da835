import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token says; times are in seconds since 1970, as the standard has them. */
export type TokenClaims = {
  readonly sub: string;
  readonly sid: number;
  readonly jti: number;
  readonly iat: number;
  readonly exp: number;
};

/** A JSON Web Token signed with HMAC-SHA-256. */
export function signToken(claims: TokenClaims, secret: string): string {
  const head = base64url(JSON.stringify({ alg: "HS256", typ: "JWT" }));
  const body = base64url(JSON.stringify({ ...claims, iss: "projectx-practice", aud: "projectx" }));
  return `${head}.${body}.${signature(`${head}.${body}`, secret)}`;
}

/** The claims of a token that was signed with this secret; undefined for any other text. */
export function readToken(token: string, secret: string): TokenClaims | undefined {
  const [head = "", body = "", signed = ""] = token.split(".");
  const expected = Buffer.from(signature(`${head}.${body}`, secret));
  const found = Buffer.from(signed);
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) return undefined;
  return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as TokenClaims;
}

function signature(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
