/** Submissions for the sequencer of the tests: real statements, made once, the same in every log. */
import { env } from 'cloudflare:workers';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { signStatement } from '#shared/attestation/statement.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { CLAIM_MEDIA_TYPE } from '#shared/claim/claim.ts';
import { type Env, readConfig } from '../../../worker/env.ts';
import type { Submission } from '../../../worker/sequencer/admission.ts';

/** The bindings of the tests; `vitest.config.worker.ts` sets them. */
export const bindings = env as unknown as Env;
export const config = readConfig(bindings);

export const ISSUER = 'https://issuer.test.example';
export const issuerKey = ed25519.keygen(new Uint8Array(32).fill(7));
export const issuerKid = keyThumbprint(issuerKey.publicKey);

const made = new Map<number, Submission>();

/** The n-th submission; always the same. It skips key state, which is not what fails here. */
export function submissionOf(n: number): Submission {
  const known = made.get(n);
  if (known) return known;
  const entry = signStatement(
    {
      type: 'output',
      issuer: ISSUER,
      subject: `s${n}`,
      issuedAt: 1_790_000_000,
      preimage: utf8(`claim ${n}`),
      preimageType: CLAIM_MEDIA_TYPE,
      location: `${ISSUER}/claims/1`,
    },
    issuerKey,
  );
  const submission: Submission = {
    entry,
    kid: issuerKid,
    issuer: ISSUER,
    digest: sha256(utf8(`claim ${n}`)),
    isEpoch: true,
  };
  made.set(n, submission);
  return submission;
}

/** `count` submissions from the n-th on. */
export const submissions = (n: number, count: number): Submission[] =>
  Array.from({ length: count }, (_, i) => submissionOf(n + i));
