import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";

/** How a passphrase becomes a key: scrypt with its cost, block size and parallelism (RFC 7914). */
export type Kdf = {
  readonly name: "scrypt";
  readonly N: number;
  readonly r: number;
  readonly p: number;
};

/** A text that opens with a passphrase; every part in base64. */
export type Sealed = {
  readonly salt: string;
  readonly nonce: string;
  readonly tag: string;
  readonly text: string;
};

export type Sealing = {
  readonly passphrase: string;
  readonly kdf: Kdf;
  /** What the text stands for: it opens only under the same label, cost and version. */
  readonly label: string;
};

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export async function seal(
  text: string,
  { randomBytes, ...sealing }: Sealing & { readonly randomBytes: (count: number) => Uint8Array },
): Promise<Sealed> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, await keyOf(sealing, salt), nonce);
  cipher.setAAD(boundTo(sealing));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    salt: base64(salt),
    nonce: base64(nonce),
    tag: base64(cipher.getAuthTag()),
    text: base64(sealed),
  };
}

/** The text; null for another passphrase or label, or when anything of it was changed. */
export async function openSealed(sealed: Sealed, sealing: Sealing): Promise<string | null> {
  const [salt, nonce, tag] = [sealed.salt, sealed.nonce, sealed.tag].map(bytes);
  if (salt === undefined || nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) return null;
  const key = await keyOf(sealing, salt);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(sealing));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString("utf8");
  } catch (error) {
    // The only thing that `final` says: the tag does not fit.
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

function keyOf({ passphrase, kdf }: Sealing, salt: Uint8Array): Promise<Buffer> {
  const { N, r, p } = kdf;
  // It takes 128 * N * r bytes, and a little.
  const options = { N, r, p, maxmem: 128 * N * r + 1_048_576 };
  return new Promise((resolve, reject) => {
    // The same letters, whichever way a keyboard composes them.
    scrypt(passphrase.normalize("NFC"), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function boundTo({ kdf: { name, N, r, p }, label }: Sealing): Buffer {
  return Buffer.from(JSON.stringify(["keel secrets", 1, name, N, r, p, label]));
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString("base64");
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "base64");
}
