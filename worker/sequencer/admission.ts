/**
 * Which pooled submissions may become entries, decided at the moment of sequencing and in log order: a key revoked by
 * an earlier entry of the same round already refuses what follows it. Pure.
 */
import { toHex } from '#shared/bytes/hex.ts';
import type { KeyEvent } from '#shared/claim/key-event.ts';
import type { Content } from '../storage/packs.ts';

/** What a log may say about an issuer's key, as far as it decides on the key's state. */
export type KeyChange = Pick<KeyEvent, 'action' | 'cause' | 'effective'>;

/** An issuer's key as the log so far leaves it. */
export interface KeyState {
  readonly kid: Uint8Array;
  readonly issuer: string;
  readonly publicKey: Uint8Array;
  /** `retired`: no longer listed by its origin, which may list it again. `revoked` is for good. */
  readonly state: 'active' | 'retired' | 'revoked' | 'quarantined';
}

/** Something that asks to become an entry. */
export interface Submission {
  /** The statement's bytes. */
  readonly entry: Uint8Array;
  readonly kid: Uint8Array;
  readonly issuer: string;
  /** Present for key events: what happens to the key named by `kid`. */
  readonly change?: KeyChange & { readonly publicKey: Uint8Array };
  /** SHA-256 of what the statement is over. */
  readonly digest: Uint8Array;
  /** What the digest is of, where it was brought. */
  readonly content?: Content;
  /** Genesis and configuration: about no issuer's key. */
  readonly isEpoch?: boolean;
  /** The record that ends a shard. */
  readonly isEnd?: boolean;
}

/** Why a submission did not become an entry. */
export type AdmissionRefusal =
  | 'issuer-unknown'
  | 'issuer-key-inactive'
  | 'key-unknown'
  | 'key-unchanged'
  | 'claim-withdrawn'
  | 'shard-frozen';

/** Whether a submission may follow what the keys say; key events change the keys for those after it. */
export class Admission {
  readonly #stored: (kid: Uint8Array) => KeyState | undefined;
  readonly #read = new Map<string, KeyState | undefined>();
  readonly #changed = new Map<string, KeyState>();
  #frozen: boolean;
  /** `frozen`: the shard has ended. */
  constructor(stored: (kid: Uint8Array) => KeyState | undefined, frozen = false) {
    this.#stored = stored;
    this.#frozen = frozen;
  }

  /** The keys this round changed, in their last state. */
  get changes(): readonly KeyState[] {
    return [...this.#changed.values()];
  }

  /** `undefined` when admitted. */
  refuse(submission: Submission): AdmissionRefusal | undefined {
    if (this.#frozen) return 'shard-frozen';
    this.#frozen = submission.isEnd === true;
    if (submission.isEpoch || submission.isEnd) return undefined;
    const { kid, issuer, change } = submission;
    const key = this.#key(kid);
    if (!change) {
      if (key?.issuer !== issuer) return 'issuer-unknown';
      return key.state === 'active' ? undefined : 'issuer-key-inactive';
    }
    if (!key && change.action !== 'add') return 'key-unknown';
    const { from, to } = TRANSITIONS[kindOf(change)];
    if (!from.includes(key?.state ?? 'unknown') || (key && key.issuer !== issuer)) return 'key-unchanged';
    this.#changed.set(toHex(kid), { kid, issuer, publicKey: key?.publicKey ?? change.publicKey, state: to });
    return undefined;
  }

  /** Most rounds are about few keys; each is read once. */
  #key(kid: Uint8Array): KeyState | undefined {
    const name = toHex(kid);
    if (!this.#changed.has(name) && !this.#read.has(name)) this.#read.set(name, this.#stored(kid));
    return this.#changed.get(name) ?? this.#read.get(name);
  }
}

type KeyEventKind = KeyEvent['action'] | 'retire' | 'revokeFrom';

interface Transition {
  readonly from: readonly (KeyState['state'] | 'unknown')[];
  readonly to: KeyState['state'];
}

/** Where each event leads, and from where; from anywhere else it changes nothing. */
const TRANSITIONS: Readonly<Record<KeyEventKind, Transition>> = {
  add: { from: ['unknown', 'retired'], to: 'active' },
  retire: { from: ['active'], to: 'retired' },
  quarantine: { from: ['active'], to: 'quarantined' },
  reinstate: { from: ['quarantined'], to: 'active' },
  revoke: { from: ['active', 'retired', 'quarantined'], to: 'revoked' },
  // A compromise may be found to reach further back than was first said.
  revokeFrom: { from: ['active', 'retired', 'quarantined', 'revoked'], to: 'revoked' },
};

function kindOf({ action, cause, effective }: KeyChange): KeyEventKind {
  if (action !== 'revoke') return action;
  if (cause === 'retired') return 'retire';
  return effective === undefined ? 'revoke' : 'revokeFrom';
}
