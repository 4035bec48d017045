/**
 * One trail as a busy log would issue it: an issuer, a registrar, a log of 10^6 entries and two witnesses, all with
 * fixed keys. The tree is really built, so that both inclusion paths lead to one root.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { coseKey, keyThumbprint } from '#shared/attestation/key.ts';
import { signStatement } from '#shared/attestation/statement.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { type Bytes32, utf8 } from '#shared/bytes/bytes.ts';
import { encodeClaim } from '#shared/claim/claim.ts';
import { encodeKeyEvent } from '#shared/claim/key-event.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { cosign } from '#shared/log/cosignature.ts';
import { inclusionProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { encodeNote, encodeVkey, type NoteKey, noteKey, signNote } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { plainLines } from '#shared/text/passages.ts';
import { encodeTrail } from '#shared/trail/trail.ts';

export const TREE_SIZE = 1_000_000;
const KEY_INDEX = 2;
const OUTPUT_INDEX = 654_321;
const TIME = 1_764_000_000;
const ORIGIN = 'log.bench.example/log/2026';
const ISSUER = 'https://issuer.bench.example';
const REGISTRAR = 'https://log.bench.example';

const keyPair = (name: string) => {
  const secretKey = sha256(utf8(`bench ${name}`));
  return { secretKey, publicKey: ed25519.getPublicKey(secretKey) };
};

/** About 200 words in five passages: a usual answer of a chat. */
export const TEXT = Array.from({ length: 5 }, (_, passage) =>
  `Passage ${passage + 1}. ${'A witness mark is a small scratch left by an earlier craftsman. '.repeat(4)}`.trim(),
).join('\n\n');

export interface TrailFixture {
  readonly trail: string;
  readonly trust: string;
  readonly lines: readonly string[];
}

/** The trail, the trust document under which it verifies, and the page's lines. */
export function trailFixture(): TrailFixture {
  const issuer = keyPair('issuer');
  const registrar = keyPair('registrar');
  const log = keyPair('log');
  const logKey = noteKey(ORIGIN, 1, log.publicKey);
  const witnesses = ['witness-a', 'witness-b'].map((name) => {
    const pair = keyPair(name);
    return { ...pair, key: noteKey(`${name}.bench.example`, 4, pair.publicKey) };
  });

  const lines = plainLines(TEXT);
  const { output, passages } = textOutput(TEXT, 'text/plain', lines);
  const claim = encodeClaim({
    v: 1,
    output,
    model: { provider: 'provider.bench.example', name: 'bench-model', version: '1' },
    run: { at: TIME, operator: 'issuer.bench.example', by: 'self' },
    accountability: { level: 'witnessed' },
    evidence: [],
    parents: [],
    nonce: sha256(utf8('nonce')).slice(0, 16),
  });
  const statement = signStatement(
    {
      type: 'output',
      issuer: ISSUER,
      subject: 'bench',
      issuedAt: TIME,
      preimage: claim,
      preimageType: 'application/vnd.witnessmark.claim+cbor',
      location: `${ISSUER}/claims/bench`,
    },
    issuer,
  );
  const keyEvent = encodeKeyEvent({
    action: 'add',
    issuer: ISSUER,
    key: coseKey(issuer.publicKey),
    kid: keyThumbprint(issuer.publicKey),
  });
  const keyStatement = signStatement(
    {
      type: 'key',
      issuer: REGISTRAR,
      subject: 'bench-key',
      issuedAt: TIME,
      preimage: keyEvent,
      preimageType: 'application/vnd.witnessmark.key+cbor',
      location: `${REGISTRAR}/keys/bench`,
    },
    registrar,
  );

  const leaves: Bytes32[] = Array.from({ length: TREE_SIZE }, (_, index) => leafHash(utf8(`entry ${index}`)));
  leaves[KEY_INDEX] = leafHash(keyStatement);
  leaves[OUTPUT_INDEX] = leafHash(statement);
  const text = encodeCheckpoint({ origin: ORIGIN, size: TREE_SIZE, root: treeRoot(leaves) });
  const note = { text, signatures: [signNote(text, { key: logKey, secretKey: log.secretKey })] };
  const checkpoint = encodeNote({
    text,
    signatures: [...note.signatures, ...witnesses.map((witness) => cosign(note, witness, TIME))],
  });
  const proof = (index: number): string =>
    encodeTlogProof({ index, hashes: inclusionProof(leaves, index), checkpoint });

  const vkey = (key: NoteKey): string => encodeVkey(key);
  const policy = [
    `log ${vkey(logKey)}`,
    ...witnesses.map((witness, i) => `witness w${i + 1} ${vkey(witness.key)}`),
    'group both all w1 w2',
    'quorum both',
    '',
  ].join('\n');
  return {
    trail: encodeTrail({
      statement,
      claim,
      passages,
      proof: proof(OUTPUT_INDEX),
      evidence: [],
      events: [{ statement: keyStatement, claim: keyEvent, proof: proof(KEY_INDEX) }],
      asOf: TREE_SIZE,
    }),
    trust: JSON.stringify({
      trust: 1,
      policy,
      registrars: [{ log: ORIGIN, key: toBase64(registrar.publicKey) }],
    }),
    lines,
  };
}
