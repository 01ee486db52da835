/** What a sentence says, for programs; null where it has no such part. */
export type SentenceParts = {
  readonly expected: string | null;
  readonly found: string | null;
  readonly hint: string | null;
};

/** `Expected a recorded session in /data, found none; run keel replay`. */
const SENTENCE = /^Expected (?<expected>[^\n]+?), found (?<found>[^\n]+?)(?:; (?<hint>[^\n]+))?$/u;

export function sentenceParts(text: string): SentenceParts {
  const { expected = null, found = null, hint = null } = SENTENCE.exec(text)?.groups ?? {};
  return { expected, found, hint };
}

/** What the desk refuses: the sentence, and what it says to do. */
export function refusalParts(text: string): SentenceParts & { readonly error: string } {
  const [, hint = null] = /; (.+)$/su.exec(text) ?? [];
  return { error: text, expected: null, found: null, hint };
}
