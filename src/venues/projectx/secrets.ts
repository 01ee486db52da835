/** A JSON web token, or what is left of one. */
const JWT = /eyJ[\w.+/=%-]*/gu;
const HIDDEN = "(hidden)";

/** What may be written down of a text of the venue: no token and none of `secrets`. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== "");
  const hidden = known.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return hidden.replaceAll(JWT, HIDDEN);
}
