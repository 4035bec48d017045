/**
 * A whole log in memory, built only from `shared/`: registrar, two witnesses, tiles, and the HTTP answers that the SDK
 * needs. It signs whatever it is given, so that tests can also make it lie.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { createIssuerKey, type IssuerKey } from '../../../sdk/issuer/key.ts';
import { coseKey, parseKeySet } from '../../../shared/attestation/key.ts';
import { parseStatement, signStatement, statementId } from '../../../shared/attestation/statement.ts';
import { fromBase64, toBase64, toBase64Url } from '../../../shared/bytes/base64.ts';
import { encodeEpoch } from '../../../shared/claim/epoch.ts';
import { encodeKeyEvent, type KeyEvent } from '../../../shared/claim/key-event.ts';
import { encodeCheckpoint } from '../../../shared/log/checkpoint.ts';
import { cosign } from '../../../shared/log/cosignature.ts';
import { inclusionProof, leafHash, treeRoot } from '../../../shared/log/merkle.ts';
import { encodeNote, encodeVkey, type NoteKey, noteKey, signNote } from '../../../shared/log/note.ts';
import { encodeTlogProof } from '../../../shared/log/proof.ts';
import { encodeEntryBundle, entriesPath, tilePath } from '../../../shared/log/tile.ts';
import { encodeTrail, type Trail } from '../../../shared/trail/trail.ts';

export const LOG_ADDRESS = 'https://log.witnessmark.example';
export const ORIGIN = 'log.witnessmark.example/log/2026';
export const NOW = 1_790_000_000;

const keyFrom = (seed: number): IssuerKey => createIssuerKey(new Uint8Array(32).fill(seed));

interface Signer {
  readonly key: NoteKey;
  readonly secretKey: Uint8Array;
}

const signer = (name: string, type: 1 | 4, seed: number): Signer => {
  const { publicKey, secretKey } = keyFrom(seed);
  return { key: noteKey(name, type, publicKey), secretKey };
};

export class MemoryLog {
  readonly entries: Uint8Array[] = [];
  readonly registrar = keyFrom(101);
  private readonly log = signer(ORIGIN, 1, 102);
  private readonly witnesses = [signer('w1.example', 4, 103), signer('w2.example', 4, 104)];
  private readonly keyEvents = new Map<string, { index: number; statement: Uint8Array; claim: Uint8Array }[]>();
  private readonly submitted = new Map<string, Omit<Trail, 'proof' | 'events' | 'asOf'> & { index: number }>();
  /** What it serves at `/v1/claims/`, by base64url digest. */
  readonly claims = new Map<string, Uint8Array>();
  /** Cosignatures on the checkpoint: how many witnesses are up. */
  witnessesUp = 2;
  /** Key set served by issuer origins. */
  keySet: Uint8Array = new Uint8Array();

  readonly receipts = keyFrom(105);

  /** @param genesis - what the first entry says, instead of what is true */
  constructor(genesis?: Uint8Array) {
    const keys = { registrar: this.registrar.publicKey, receipts: this.receipts.publicKey };
    const epoch = encodeEpoch({ origin: ORIGIN, log: encodeVkey(this.log.key), ...keys });
    this.registrarEntry('epoch', genesis ?? epoch);
    this.registrarEntry('policy', new Uint8Array([0xa0]));
  }

  append(entry: Uint8Array): number {
    return this.entries.push(entry) - 1;
  }

  private registrarEntry(
    type: 'epoch' | 'policy' | 'key',
    preimage: Uint8Array,
  ): { index: number; statement: Uint8Array } {
    const statement = signStatement(
      {
        type,
        issuer: LOG_ADDRESS,
        subject: `${type}-${this.entries.length}`,
        issuedAt: NOW - 10,
        preimage,
        preimageType: 'application/vnd.witnessmark.key+cbor',
        location: `${LOG_ADDRESS}/v1/claims/${type}-${this.entries.length}`,
      },
      this.registrar,
    );
    this.claims.set(toBase64Url(sha256(preimage)), preimage);
    return { index: this.append(statement), statement };
  }

  /** Logs a key event for an issuer. */
  keyEvent(
    issuer: string,
    key: Pick<IssuerKey, 'publicKey' | 'kid'>,
    action: KeyEvent['action'],
    cause?: string,
  ): void {
    const claim = encodeKeyEvent({
      action,
      issuer,
      kid: key.kid,
      ...(action === 'add' ? { key: coseKey(key.publicKey) } : {}),
      ...(cause === undefined ? {} : { cause }),
    });
    const { index, statement } = this.registrarEntry('key', claim);
    const events = this.keyEvents.get(issuer) ?? [];
    events.push({ index, statement, claim });
    this.keyEvents.set(issuer, events);
  }

  checkpoint(): string {
    return this.checkpointOf(this.entries.length, treeRoot(this.entries.map(leafHash)));
  }

  /** Signs whatever it is given. */
  checkpointOf(size: number, root: Uint8Array): string {
    const text = encodeCheckpoint({ origin: ORIGIN, size, root });
    const signed = { text, signatures: [signNote(text, this.log)] };
    const cosignatures = this.witnesses.slice(0, this.witnessesUp).map((witness) => cosign(signed, witness, NOW - 5));
    return encodeNote({ text, signatures: [...signed.signatures, ...cosignatures] });
  }

  private proof(index: number): string {
    return encodeTlogProof({
      index,
      hashes: inclusionProof(this.entries.map(leafHash), index),
      checkpoint: this.checkpoint(),
    });
  }

  trail(id: string): string | undefined {
    const found = this.submitted.get(id);
    if (found === undefined) return undefined;
    const { index, ...rest } = found;
    const statement = parseStatement(found.statement);
    const events = statement.ok ? (this.keyEvents.get(statement.value.issuer) ?? []) : [];
    return encodeTrail({
      ...rest,
      proof: this.proof(index),
      events: events.map((event) => ({
        statement: event.statement,
        claim: event.claim,
        proof: this.proof(event.index),
      })),
      asOf: this.entries.length,
    });
  }

  trust(registrar: object = {}): string {
    const policy = [
      `log ${encodeVkey(this.log.key)}`,
      ...this.witnesses.map(({ key }) => `witness ${key.name.split('.')[0]} ${encodeVkey(key)}`),
      'group both 2 w1 w2',
      'quorum both',
      '',
    ].join('\n');
    return JSON.stringify({
      trust: 1,
      policy,
      registrars: [{ log: ORIGIN, key: toBase64(this.registrar.publicKey), ...registrar }],
    });
  }

  /** The tlog-tiles layout of the log. */
  files(): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>([['checkpoint', new TextEncoder().encode(this.checkpoint())]]);
    const tiles = <T>(items: readonly T[]): T[][] =>
      Array.from({ length: Math.ceil(items.length / 256) }, (_, n) => items.slice(256 * n, 256 * n + 256));
    const width = (tile: readonly unknown[]): number | undefined => (tile.length === 256 ? undefined : tile.length);
    for (const [n, entries] of tiles(this.entries).entries()) {
      files.set(entriesPath(n, width(entries)), encodeEntryBundle(entries));
    }
    let hashes: Uint8Array[] = this.entries.map(leafHash);
    for (let level = 0; hashes.length > 0; level++) {
      for (const [n, tile] of tiles(hashes).entries()) {
        files.set(tilePath(level, n, width(tile)), new Uint8Array(Buffer.concat(tile)));
      }
      hashes = tiles(hashes)
        .filter((tile) => tile.length === 256)
        .map((tile) => treeRoot(tile));
    }
    return files;
  }

  writeTo(folder: string): void {
    for (const [path, bytes] of this.files()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
  }

  /** What the log's server would answer. */
  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    if (init?.method === 'POST') return this.post(pathname, JSON.parse(String(init.body)));
    if (pathname === '/.well-known/witnessmark-trust') return new Response(this.trust());
    const digest = /^\/v1\/claims\/(.{43})$/.exec(pathname)?.[1];
    if (digest !== undefined) {
      const claim = this.claims.get(digest);
      return new Response((claim ?? '') as BodyInit, { status: claim === undefined ? 404 : 200 });
    }
    const trail = /^\/v1\/trails\/(.{43})$/.exec(pathname);
    const body = trail === null ? this.files().get(pathname.replace(/^\/log\//, '')) : this.trail(trail[1] ?? '');
    return body === undefined ? new Response('', { status: 404 }) : new Response(body as BodyInit);
  };

  private post(pathname: string, body: Record<string, unknown>): Response {
    if (pathname === '/v1/issuers') {
      const keys = parseKeySet(this.keySet);
      if (!keys.ok) return Response.json({ title: 'No key set', reason: 'key-set-malformed' }, { status: 422 });
      for (const key of keys.value) this.keyEvent(String(body.origin), key, 'add');
      return Response.json({ keys: keys.value.map(({ kid }) => ({ kid: toBase64Url(kid), state: 'active' })) });
    }
    const bytes = (value: unknown): Uint8Array => fromBase64(String(value)) ?? new Uint8Array();
    const statement = bytes(body.statement);
    const parsed = parseStatement(statement);
    if (!parsed.ok || !this.keyEvents.has(parsed.value.issuer)) {
      return Response.json({ title: 'Unknown issuer', reason: 'issuer-unknown' }, { status: 403 });
    }
    const id = statementId(statement);
    this.claims.set(toBase64Url(sha256(bytes(body.claim))), bytes(body.claim));
    if (!this.submitted.has(id)) {
      this.submitted.set(id, {
        statement,
        claim: bytes(body.claim),
        ...(Array.isArray(body.passages) ? { passages: body.passages.map(bytes) } : {}),
        evidence: Array.isArray(body.evidence)
          ? body.evidence.map(([type, value]) => ({ type: String(type), value: bytes(value) }))
          : [],
        index: this.append(statement),
      });
    }
    return new Response(this.trail(id), { status: 201 });
  }
}
