/**
 * Whom the reader trusts: built-in documents, the demo's in a demo build, and those the reader
 * added after comparing fingerprints. Nothing a page or a server says changes this list.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import type { Answer, TrustEntry } from '../messaging/protocol.ts';
import { BUILT_IN_TRUST, DEMO_TRUST } from './built-in-trust.ts';
import { fetchBounded } from './fetch-bounded.ts';
import { inOrder, loadStored, saveStored } from './stored.ts';

const KEY = 'trust';
const MAX_DOCUMENT = 64 << 10;
const MAX_ADDED = 32;

interface Added {
  readonly text: string;
  readonly addedAt: number;
}

/** A trust document in force. */
export interface TrustInForce {
  /** As in {@link TrustEntry}. */
  readonly id: string;
  readonly trust: Trust;
}

/** Every document in force, parsed; one that no longer parses is left out. */
export async function activeTrust(): Promise<TrustInForce[]> {
  const texts = [...BUILT_IN_TRUST, ...DEMO_TRUST, ...(await loadAdded()).map((added) => added.text)];
  return texts.flatMap((text) => {
    const parsed = parseTrust(text);
    return parsed.ok ? [{ id: idOf(text), trust: parsed.value }] : [];
  });
}

/** The documents in force as settings show them. */
export async function listTrust(): Promise<TrustEntry[]> {
  const added = await loadAdded();
  return [
    ...BUILT_IN_TRUST.map((text) => describe(text, 'built-in')),
    ...DEMO_TRUST.map((text) => describe(text, 'demo')),
    ...added.map(({ text, addedAt }) => describe(text, 'added', addedAt)),
  ].filter((entry) => entry !== undefined);
}

/** What a document would make the reader trust; nothing is stored. */
export function previewTrust(text: string): Answer<TrustEntry> {
  if (text.length > MAX_DOCUMENT) return { ok: false, reason: 'trust_too_large' };
  const entry = describe(text.trim(), 'added');
  return entry === undefined ? { ok: false, reason: 'trust_malformed' } : { ok: true, value: entry };
}

/** Asks an https origin for its trust document, for the reader to compare and confirm. */
export async function fetchTrust(origin: string): Promise<Answer<TrustEntry>> {
  const url = URL.parse(origin.includes('://') ? origin : `https://${origin}`);
  if (url === null) return { ok: false, reason: 'trust_address' };
  const fetched = await fetchBounded(new URL('/.well-known/witnessmark-trust', url).href, MAX_DOCUMENT);
  if (!fetched.ok) return { ok: false, reason: fetched.reason === 'refused' ? 'trust_address' : 'trust_unreachable' };
  return previewTrust(fromUtf8(fetched.bytes) ?? '');
}

/** Adds a document the reader confirmed. */
export function addTrust(text: string, now: number): Promise<Answer<null>> {
  return inOrder(async () => {
    const preview = previewTrust(text);
    if (!preview.ok) return preview;
    const added = (await loadAdded()).filter((other) => idOf(other.text) !== preview.value.id);
    if (added.length >= MAX_ADDED) return { ok: false, reason: 'trust_full' };
    const stored = await saveStored('local', KEY, [...added, { text: preview.value.text, addedAt: now }]);
    return stored ? { ok: true, value: null } : { ok: false, reason: 'trust_full' };
  });
}

/** Removes a document the reader added. */
export function removeTrust(id: string): Promise<void> {
  return inOrder(async () => {
    await saveStored(
      'local',
      KEY,
      (await loadAdded()).filter((added) => idOf(added.text) !== id),
    );
  });
}

async function loadAdded(): Promise<Added[]> {
  return (await loadStored<Added[]>('local', KEY)) ?? [];
}

function describe(text: string, origin: TrustEntry['origin'], addedAt?: number): TrustEntry | undefined {
  const parsed = parseTrust(text);
  if (!parsed.ok) return undefined;
  const { policy, registrars, validUntil } = parsed.value;
  const quorum = /^quorum\s+(\S+)/m.exec(policyText(text))?.[1] ?? '';
  return {
    id: idOf(text),
    origin,
    logs: policy.logs.map(({ key, url }) => ({
      name: key.name,
      fingerprint: fingerprint(key.publicKey),
      ...(url === undefined ? {} : { url }),
    })),
    witnesses: policy.witnesses.map(({ name, key }) => ({ name, fingerprint: fingerprint(key.publicKey) })),
    registrars: registrars.map(({ log, publicKey }) => ({ log, fingerprint: fingerprint(publicKey) })),
    quorum,
    text,
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(addedAt === undefined ? {} : { addedAt }),
  };
}

function policyText(text: string): string {
  const document: unknown = JSON.parse(text);
  const policy = typeof document === 'object' && document !== null ? (document as { policy?: unknown }).policy : '';
  return typeof policy === 'string' ? policy : '';
}

function idOf(text: string): string {
  return toHex(sha256(utf8(text))).slice(0, 32);
}

/** A key's SHA-256 in groups of four, as people compare it. */
export function fingerprint(publicKey: Uint8Array): string {
  return toHex(sha256(publicKey))
    .slice(0, 40)
    .replace(/(.{4})(?=.)/g, '$1 ');
}
