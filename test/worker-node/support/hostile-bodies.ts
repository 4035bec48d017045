/**
 * Bodies that must not become entries: each is a good attestation with one thing wrong, signed wherever a signature
 * would otherwise be what is wrong with it.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type StatementContent, signStatement } from '#shared/attestation/statement.ts';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { CborTag, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { CLAIM_MEDIA_TYPE, type ClaimedOutput } from '#shared/claim/claim.ts';
import { attestationOf, type IssuerKeys } from '../../support/worker-harness.ts';

/** A body as the harness makes it, with what a hostile sender may add. */
export type Body = ReturnType<typeof attestationOf> & {
  evidence?: [string, string][];
  fingerprints?: Record<string, string[]>;
  text?: string;
};

/** Who signs, and an origin the log knows that publishes another key. */
export interface Cast {
  readonly origin: string;
  readonly key: IssuerKeys;
  readonly otherOrigin: string;
}

export type Change = (good: Body, cast: Cast) => Body;

/** What the good attestation is of. */
export const HOSTILE_TEXT = 'The tide follows the moon.\n\nThe sun pulls along with it.\n\nBoth are late.';

const bytesOf = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array();

/** Signs over `claim`, with other fields where wanted. */
function signed(claim: Uint8Array, cast: Cast, change: Partial<StatementContent> = {}): Body {
  const content: StatementContent = {
    type: 'output',
    issuer: cast.origin,
    subject: 's1',
    issuedAt: 1_790_000_000,
    preimage: claim,
    preimageType: CLAIM_MEDIA_TYPE,
    location: 'https://news.example/claims/1',
    ...change,
  };
  return { statement: toBase64(signStatement(content, cast.key)), claim: toBase64(claim), passages: [] };
}

/** The claim's bytes changed, and the change signed. The claim is a map of 8 that begins with `v: 1`. */
const claim =
  (change: (bytes: Uint8Array) => Uint8Array): Change =>
  (good, cast) => ({ ...signed(change(bytesOf(good.claim)), cast), passages: good.passages });

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const V = bytes('617601');
const afterV = (claimBytes: Uint8Array): Uint8Array => claimBytes.slice(1 + V.length);

/** The statement's bytes changed. */
const statement =
  (change: (bytes: Uint8Array) => Uint8Array): Change =>
  (good) => ({ ...good, statement: toBase64(change(bytesOf(good.statement))) });

/** The protected header's bytes changed; it is a map of 7 that begins with `1: -19`. */
const header = (change: (header: Uint8Array) => Uint8Array): Change =>
  statement((whole) => {
    const decoded = decodeCbor(whole);
    const [protectedHeader, ...rest] = ((decoded.ok && decoded.value) as CborTag).value as readonly CborValue[];
    return encodeCbor(new CborTag(18, [change(protectedHeader as Uint8Array), ...rest]));
  });

const re =
  (field: Partial<StatementContent>): Change =>
  (good, cast) => ({
    ...signed(bytesOf(good.claim), cast, field),
    passages: good.passages,
  });

const passages =
  (change: (passages: string[]) => string[]): Change =>
  (good) => ({ ...good, passages: change(good.passages) });

const zeroPassage = toBase64(new Uint8Array(32));

/** The same bytes with the unused low bits of the last digit set: a decoder that ignores them accepts it. */
const secondSpelling = (text: string): string => {
  const at = text.indexOf('=') - 1;
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const digit = digits[digits.indexOf(text[at] ?? '') + 1] ?? '';
  return text.slice(0, at) + digit + text.slice(at + 1);
};

/** One of two neighbouring lengths leaves unused bits; that one is spelled anew. */
const respelledStatement =
  (spell: (text: string) => string): Change =>
  (good, cast) => {
    const named = ['s', 'ss'].map((subject) => re({ subject })(good, cast));
    const [body = good] = named.filter(({ statement }) => statement.endsWith('='));
    return { ...body, statement: spell(body.statement) };
  };

const respelledClaim =
  (spell: (text: string) => string): Change =>
  (good, cast) => {
    const named = ['m', 'mm'].map((name) => {
      const decoded = decodeCbor(bytesOf(good.claim));
      const whole = new Map((decoded.ok && decoded.value) as Map<string, CborValue>);
      const model = new Map(whole.get('model') as Map<string, CborValue>).set('name', name);
      return { ...signed(encodeCbor(whole.set('model', model)), cast), passages: good.passages };
    });
    const [body = good] = named.filter(({ claim }) => claim.endsWith('='));
    return { ...body, claim: spell(body.claim) };
  };

const unpadded = (text: string): string => text.replace(/=+$/, '');

/** Fingerprints that an issuer says are its text's. */
const fingerprints =
  (given: Record<string, string[]>): Change =>
  (good) => ({ ...good, fingerprints: given });
const madeUp = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => (n + 1).toString(16).padStart(12, '0'));

/** An attestation of an image whose hash is not as it should be. */
const image =
  (wrong: Partial<NonNullable<ClaimedOutput['match']>>, type = 'image/png'): Change =>
  (_, cast) => {
    const match = { alg: 'wm-image-1' as const, hash: new Uint8Array(32), ...wrong };
    const output = { type, size: 7, digest: sha256(utf8('picture')), match };
    return attestationOf('', cast.origin, cast.key, { output });
  };

/** What is wrong, and the status and reason it is refused with. */
export const HOSTILE: readonly (readonly [string, Change, number, string])[] = [
  ['a statement with a byte after its end', statement((s) => concatBytes(s, bytes('00'))), 400, 'statement-malformed'],
  ['a statement cut short', statement((s) => s.slice(0, -1)), 400, 'statement-malformed'],
  ['an empty statement', (good) => ({ ...good, statement: '' }), 400, 'statement-malformed'],
  ['a statement without its tag', statement((s) => s.slice(1)), 400, 'statement-malformed'],
  ['a tag in a longer form', statement((s) => concatBytes(bytes('d812'), s.slice(1))), 400, 'statement-malformed'],
  [
    'an array of indefinite length',
    statement((s) => concatBytes(bytes('d29f'), s.slice(2), bytes('ff'))),
    400,
    'statement-malformed',
  ],
  [
    'a header that lists a key twice',
    header((h) => concatBytes(bytes('a80132'), h.slice(1))),
    400,
    'statement-malformed',
  ],
  [
    'a header whose keys are not sorted',
    header((h) => concatBytes(bytes('a7'), h.slice(3), bytes('0132'))),
    400,
    'statement-malformed',
  ],
  ['a number in a longer form', header((h) => concatBytes(bytes('a7013812'), h.slice(3))), 400, 'statement-malformed'],
  [
    'an algorithm that is not ours',
    header((h) => concatBytes(bytes('a70127'), h.slice(3))),
    422,
    'statement-unsupported',
  ],
  [
    'an unprotected header that is not empty',
    statement((s) => {
      const decoded = decodeCbor(s);
      const [head, , payload, signature] = ((decoded.ok && decoded.value) as CborTag).value as readonly CborValue[];
      return encodeCbor(new CborTag(18, [head ?? '', new Map([[4, 1]]), payload ?? '', signature ?? '']));
    }),
    400,
    'statement-malformed',
  ],
  ['a statement of 4,097 bytes', statement(() => new Uint8Array(4097)), 413, 'statement-too-large'],
  ['a key event from an issuer', re({ type: 'key' }), 422, 'statement-unsupported'],
  ['a preimage that is no claim', re({ preimageType: 'text/plain' }), 422, 'statement-unsupported'],
  [
    'a statement from tomorrow',
    re({ issuedAt: Math.floor(Date.now() / 1000) + 86_400 }),
    422,
    'statement-from-the-future',
  ],
  [
    'another claim than the one signed',
    (good, cast) => ({ ...good, claim: signed(utf8('x'), cast).claim }),
    422,
    'claim-mismatch',
  ],
  ['a claim with a byte after its end', claim((c) => concatBytes(c, bytes('00'))), 400, 'claim-malformed'],
  ['a claim cut short', claim((c) => c.slice(0, -1)), 400, 'claim-malformed'],
  [
    'a claim of indefinite length',
    claim((c) => concatBytes(bytes('bf'), c.slice(1), bytes('ff'))),
    400,
    'claim-malformed',
  ],
  ['a claim that says a key twice', claim((c) => concatBytes(bytes('a9'), V, V, afterV(c))), 400, 'claim-malformed'],
  ['a claim whose keys are not sorted', claim((c) => concatBytes(bytes('a8'), afterV(c), V)), 400, 'claim-malformed'],
  [
    'a claim with a number in a longer form',
    claim((c) => concatBytes(bytes('a861761801'), afterV(c))),
    400,
    'claim-malformed',
  ],
  ['a claim of a newer version', claim((c) => concatBytes(bytes('a8617602'), afterV(c))), 422, 'claim-unsupported'],
  ['a claim that is not CBOR', claim(() => utf8('{"v":1}')), 400, 'claim-malformed'],
  ['a claim of 32 KiB and a byte', claim(() => new Uint8Array(32 * 1024 + 1)), 413, 'claim-too-large'],
  ['a passage that is not in the text', passages(([, ...rest]) => [zeroPassage, ...rest]), 422, 'passages-mismatch'],
  ['passages in another order', passages((all) => all.toReversed()), 422, 'passages-mismatch'],
  ['a passage left out', passages((all) => all.slice(1)), 422, 'passages-mismatch'],
  ['a passage twice', passages((all) => [...all, ...all.slice(-1)]), 422, 'passages-mismatch'],
  [
    'a passage of 31 bytes',
    passages(([, ...rest]) => [toBase64(new Uint8Array(31)), ...rest]),
    422,
    'passages-mismatch',
  ],
  [
    'evidence the claim does not name',
    (good) => ({ ...good, evidence: [['text/plain', toBase64(sha256(utf8('x')))]] }),
    422,
    'evidence-mismatch',
  ],
  ['a fingerprint of eleven digits', fingerprints({ 'wm-winnow-1': ['0123456789a'] }), 400, 'request-malformed'],
  ['a fingerprint in upper case', fingerprints({ 'wm-winnow-1': ['0123456789AB'] }), 400, 'request-malformed'],
  ['fingerprints of another algorithm', fingerprints({ 'wm-winnow-9': madeUp(1) }), 400, 'request-malformed'],
  ['more fingerprints than any text brings', fingerprints({ 'wm-winnow-1': madeUp(2049) }), 400, 'request-malformed'],
  [
    'more fingerprints than this text can have',
    fingerprints({ 'wm-minhash-1': madeUp(20) }),
    422,
    'fingerprints-refused',
  ],
  ['one fingerprint twice', fingerprints({ 'wm-winnow-1': [...madeUp(2), ...madeUp(1)] }), 422, 'fingerprints-refused'],
  [
    'fingerprints of another text than the one beside them',
    (good) => ({ ...good, fingerprints: { 'wm-winnow-1': madeUp(3) }, text: HOSTILE_TEXT }),
    422,
    'fingerprints-mismatch',
  ],
  ['another text than the claimed one', (good) => ({ ...good, text: `${HOSTILE_TEXT} ` }), 422, 'text-mismatch'],
  ['an empty text', (good) => ({ ...good, text: '' }), 422, 'text-mismatch'],
  [
    'somebody else’s signature over a text that would have to be read',
    (good, cast) => ({ ...re({ issuer: cast.otherOrigin })(good, cast), text: 'another text' }),
    403,
    'issuer-unknown',
  ],
  [
    'evidence of a media type that is no text',
    (_, cast) => {
      const record = utf8('{}');
      const evidence = [{ kind: 'example.org/note', digest: sha256(record), binds: 'output' as const }];
      return {
        ...attestationOf('Noted.', cast.origin, cast.key, { evidence }),
        evidence: [['\ud800', toBase64(record)]],
      };
    },
    422,
    'evidence-mismatch',
  ],
  ['an image with a hash of 31 bytes', image({ hash: new Uint8Array(31) }), 400, 'claim-malformed'],
  ['an image with a hash that nobody knows', image({ alg: 'wm-image-2' as 'wm-image-1' }), 422, 'claim-unsupported'],
  ['a text with the hash of an image', image({}, 'text/plain'), 400, 'claim-malformed'],
  [
    'a signature with one bit changed',
    statement((s) => s.map((b, i) => (i === s.length - 1 ? b ^ 1 : b))),
    403,
    'signature-invalid',
  ],
  [
    "another issuer's name over this key",
    (good, cast) => re({ issuer: cast.otherOrigin })(good, cast),
    403,
    'issuer-unknown',
  ],
  ['an issuer nobody registered', re({ issuer: 'https://nobody.example' }), 403, 'issuer-unknown'],
  ['a statement in a second spelling of base64', respelledStatement(secondSpelling), 400, 'statement-malformed'],
  ['a claim in a second spelling of base64', respelledClaim(secondSpelling), 400, 'claim-malformed'],
  ['a statement in base64 without its padding', respelledStatement(unpadded), 400, 'statement-malformed'],
  ['a claim in base64 without its padding', respelledClaim(unpadded), 400, 'claim-malformed'],
  ['base64 with a line break', (good) => ({ ...good, claim: `${good.claim}\n` }), 400, 'claim-malformed'],
  [
    'the URL alphabet',
    (good) => ({ ...good, statement: `${good.statement.slice(0, -4)}-_-_` }),
    400,
    'statement-malformed',
  ],
];
