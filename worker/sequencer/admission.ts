/**
 * Which pooled submissions may become entries, decided at the moment of sequencing and in log order: a key revoked by
 * an earlier entry of the same round already refuses what follows it. Pure.
 */
import { toHex } from '#shared/bytes/hex.ts';
import type { LookupRow } from '../storage/log-tables.ts';

/** What a log may say about an issuer's key. */
export type KeyAction = 'add' | 'revoke' | 'quarantine' | 'reinstate';

/** An issuer's key as the log so far leaves it. */
export interface KeyState {
  readonly kid: Uint8Array;
  readonly issuer: string;
  readonly publicKey: Uint8Array;
  readonly state: 'active' | 'revoked' | 'quarantined';
}

/** Something that asks to become an entry. */
export interface Submission {
  /** The statement's bytes. */
  readonly entry: Uint8Array;
  readonly kid: Uint8Array;
  readonly issuer: string;
  /** Present for key events: what happens to the key named by `kid`. */
  readonly change?: { readonly action: KeyAction; readonly publicKey: Uint8Array };
  /** Where the output may be found again. */
  readonly lookups: readonly LookupRow[];
  /** Genesis and configuration: about no issuer's key. */
  readonly isEpoch?: boolean;
}

/** Why a submission did not become an entry. */
export type AdmissionRefusal = 'issuer-unknown' | 'issuer-key-inactive' | 'key-unknown' | 'key-unchanged';

/** Whether a submission may follow what the keys say; key events change the keys for those after it. */
export class Admission {
  readonly #stored: (kid: Uint8Array) => KeyState | undefined;
  readonly #changed = new Map<string, KeyState>();
  constructor(stored: (kid: Uint8Array) => KeyState | undefined) {
    this.#stored = stored;
  }

  /** The keys this round changed, in their last state. */
  get changes(): readonly KeyState[] {
    return [...this.#changed.values()];
  }

  /** `undefined` when admitted. */
  refuse(submission: Submission): AdmissionRefusal | undefined {
    if (submission.isEpoch) return undefined;
    const { kid, issuer, change } = submission;
    const key = this.#changed.get(toHex(kid)) ?? this.#stored(kid);
    if (!change) {
      if (key?.issuer !== issuer) return 'issuer-unknown';
      return key.state === 'active' ? undefined : 'issuer-key-inactive';
    }
    const next = nextState(change.action);
    if (change.action === 'add' ? key !== undefined : key?.state === next) return 'key-unchanged';
    if (change.action !== 'add' && !key) return 'key-unknown';
    if (change.action === 'reinstate' && key?.state !== 'quarantined') return 'key-unchanged';
    this.#changed.set(toHex(kid), { kid, issuer, publicKey: key?.publicKey ?? change.publicKey, state: next });
    return undefined;
  }
}

function nextState(action: KeyAction): KeyState['state'] {
  switch (action) {
    case 'add':
    case 'reinstate':
      return 'active';
    case 'revoke':
      return 'revoked';
    case 'quarantine':
      return 'quarantined';
  }
}
