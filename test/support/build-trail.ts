/** A whole world in memory for tests: issuer, registrar, log and witnesses with fixed keys, and trails from it. */

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { coseKey, keyThumbprint } from '#shared/attestation/key.ts';
import { type StatementType, signStatement } from '#shared/attestation/statement.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { CLAIM_MEDIA_TYPE, type Claim, encodeClaim } from '#shared/claim/claim.ts';
import { EPOCH_MEDIA_TYPE, encodeEpoch } from '#shared/claim/epoch.ts';
import { encodeKeyEvent, KEY_EVENT_MEDIA_TYPE, type KeyEvent } from '#shared/claim/key-event.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { cosign } from '#shared/log/cosignature.ts';
import { inclusionProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { encodeNote, encodeVkey, type NoteSignature, noteKey, signNote } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { plainLines } from '#shared/text/passages.ts';
import { type EvidenceRecord, encodeTrail, type Trail } from '#shared/trail/trail.ts';

export const TIME = 1_795_000_000;

export const keyPair = (name: string) => {
  const secretKey = sha256(utf8(`test ${name}`));
  return { secretKey, publicKey: ed25519.getPublicKey(secretKey) };
};

export interface Entry {
  readonly index: number;
  readonly statement: Uint8Array;
  readonly claim: Uint8Array;
  readonly passages?: readonly Uint8Array[];
  readonly evidence: readonly EvidenceRecord[];
}

export interface IssueOptions {
  readonly type?: 'text/plain' | 'text/markdown';
  readonly claim?: Partial<Claim>;
  readonly evidence?: readonly EvidenceRecord[];
  /** Another key than the issuer's signs. */
  readonly signer?: ReturnType<typeof keyPair>;
}

/** The log and everybody around it. Entries 0 and 1 are genesis and configuration, 2 adds the issuer's key. */
export class World {
  readonly origin: string;
  readonly base: string;
  readonly issuerOrigin: string;
  readonly issuer = keyPair('issuer');
  readonly registrar = keyPair('registrar');
  readonly receipts = keyPair('receipts');
  readonly log;
  readonly logKey;
  readonly witnesses;
  readonly entries: Entry[] = [];
  readonly keyEvents: Entry[] = [];

  constructor(options: { origin?: string; base?: string; issuer?: string; addKey?: boolean; logKey?: string } = {}) {
    this.origin = options.origin ?? 'log.test.example/log/2026';
    this.base = options.base ?? 'https://log.test.example';
    this.issuerOrigin = options.issuer ?? 'https://issuer.test.example';
    this.log = keyPair(options.logKey ?? 'log');
    this.logKey = noteKey(this.origin, 1, this.log.publicKey);
    this.witnesses = ['w1', 'w2', 'w3'].map((name) => {
      const pair = keyPair(name);
      return { ...pair, name, key: noteKey(`${name}.test.example`, 4, pair.publicKey) };
    });
    const epoch = encodeEpoch({
      origin: this.origin,
      log: encodeVkey(this.logKey),
      registrar: this.registrar.publicKey,
      receipts: this.receipts.publicKey,
    });
    this.append('epoch', epoch, EPOCH_MEDIA_TYPE, this.registrar, this.registrarOrigin);
    this.append('policy', utf8('configuration'), 'text/plain', this.registrar, this.registrarOrigin);
    if (options.addKey !== false) this.keyEvent({ action: 'add', key: coseKey(this.issuer.publicKey) });
  }

  get registrarOrigin(): string {
    return `https://${this.origin.split('/')[0]}`;
  }

  /** Trust in this log: two of its three witnesses. */
  trustText(options: { quorum?: string; validUntil?: number; url?: string } = {}): string {
    const lines = [
      `log ${encodeVkey(this.logKey)}${options.url === undefined ? '' : ` ${options.url}`}`,
      ...this.witnesses.map(({ name, key }) => `witness ${name} ${encodeVkey(key)}`),
      'group two 2 w1 w2 w3',
      `quorum ${options.quorum ?? 'two'}`,
    ];
    return JSON.stringify({
      trust: 1,
      policy: `${lines.join('\n')}\n`,
      registrars: [{ log: this.origin, key: toBase64(this.registrar.publicKey) }],
      ...(options.validUntil !== undefined && { validUntil: options.validUntil }),
    });
  }

  append(
    type: StatementType,
    preimage: Uint8Array,
    preimageType: string,
    signer = this.issuer,
    issuer = this.issuerOrigin,
    more: Partial<Entry> = {},
  ): Entry {
    const index = this.entries.length;
    const statement = signStatement(
      {
        type,
        issuer,
        subject: `s${index}`,
        issuedAt: TIME,
        preimage,
        preimageType,
        location: `${this.base}/v1/claims/s${index}`,
      },
      signer,
    );
    const entry: Entry = { index, statement, claim: preimage, evidence: [], ...more };
    this.entries.push(entry);
    return entry;
  }

  keyEvent(event: Partial<KeyEvent> & Pick<KeyEvent, 'action'>, signer = this.registrar): Entry {
    const preimage = encodeKeyEvent({ issuer: this.issuerOrigin, kid: keyThumbprint(this.issuer.publicKey), ...event });
    const entry = this.append('key', preimage, KEY_EVENT_MEDIA_TYPE, signer, this.registrarOrigin);
    this.keyEvents.push(entry);
    return entry;
  }

  issue(text: string, options: IssueOptions = {}): Entry {
    const type = options.type ?? 'text/plain';
    const lines = type === 'text/plain' ? plainLines(text) : markdownLines(text);
    const { output, passages } = textOutput(text, type, lines);
    const claim = encodeClaim({
      v: 1,
      output,
      model: { provider: 'model.test.example', name: 'sample-1' },
      run: { at: TIME - 60, operator: 'issuer.test.example', by: 'self' },
      accountability: { level: 'witnessed' },
      evidence: [],
      parents: [],
      nonce: sha256(utf8(`nonce ${this.entries.length}`)).slice(0, 16),
      ...options.claim,
    });
    return this.append('output', claim, CLAIM_MEDIA_TYPE, options.signer, this.issuerOrigin, {
      ...(passages.length > 0 && { passages }),
      evidence: options.evidence ?? [],
    });
  }

  /** The signed checkpoint of the first `size` entries with the cosignatures of the named witnesses. */
  checkpoint(options: { size?: number; cosigners?: readonly string[]; extra?: readonly NoteSignature[] } = {}): string {
    const size = options.size ?? this.entries.length;
    const root = treeRoot(this.leaves(size));
    const text = encodeCheckpoint({ origin: this.origin, size, root });
    const note = { text, signatures: [signNote(text, { key: this.logKey, secretKey: this.log.secretKey })] };
    const cosignatures = (options.cosigners ?? ['w1', 'w2', 'w3']).map((name) => {
      const witness = this.witnesses.find((each) => each.name === name);
      if (!witness) throw new RangeError(`no witness ${name}`);
      return cosign(note, witness, TIME + 5);
    });
    return encodeNote({ text, signatures: [...note.signatures, ...cosignatures, ...(options.extra ?? [])] });
  }

  leaves(size = this.entries.length): Uint8Array[] {
    return this.entries.slice(0, size).map(({ statement }) => leafHash(statement));
  }

  proof(index: number, checkpoint = this.checkpoint(), size = this.entries.length): string {
    return encodeTlogProof({ index, hashes: inclusionProof(this.leaves(size), index), checkpoint });
  }

  trail(entry: Entry, options: { checkpoint?: string; events?: readonly Entry[] } = {}): Trail {
    const checkpoint = options.checkpoint ?? this.checkpoint();
    const logged = ({ index, statement, claim }: Entry) => ({ statement, claim, proof: this.proof(index, checkpoint) });
    return {
      ...logged(entry),
      ...(entry.passages && { passages: entry.passages }),
      evidence: entry.evidence,
      events: (options.events ?? this.keyEvents).map(logged),
      asOf: this.entries.length,
    };
  }

  trailText(entry: Entry, options: Parameters<World['trail']>[1] = {}): string {
    return encodeTrail(this.trail(entry, options));
  }
}
