import { hash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const FORM = /^([A-Za-z0-9_-]{43})(?:\.([A-Za-z0-9_-]{43}))?$/;

/** The proof of a session whose secret was never renewed. */
export const NO_PROOF = '';

/**
 * What the store knows of a secret. A secret is 256 random bits that name the session and, once renewed, a dot and
 * 256 more that prove it: `<name>` or `<name>.<proof>`. Only their SHA-256 reach the store.
 */
export interface SecretDigest {
  /** The part of the secret that never changes. It stays in this process. */
  readonly name: string;
  /** SHA-256 of the name, hex: the last part of the session's key, the same for the session's whole life. */
  readonly sessionHash: string;
  /** SHA-256 of the proof, hex; {@link NO_PROOF} for a secret that was never renewed. */
  readonly proofHash: string;
}

/** 256 random bits, 43 characters. */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What stands for `secret` in the store; `null` if there is none, or it is none of ours by its form alone. */
export function digestSecret(secret: string | null): SecretDigest | null {
  const [, name, proof] = FORM.exec(secret ?? '') ?? [];
  if (name === undefined) return null;
  return { name, sessionHash: sha256(name), proofHash: proof === undefined ? NO_PROOF : sha256(proof) };
}

/** The secret that follows another: the same name with a fresh proof. */
export function renewSecret({ name }: SecretDigest): { secret: string; proofHash: string } {
  const proof = randomSecret();
  return { secret: `${name}.${proof}`, proofHash: sha256(proof) };
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
