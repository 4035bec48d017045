/**
 * A Sigstore bundle made here, with its own log and trust root, so that the peer verifies the same amount of proof: one
 * signature over the artifact, a signed promise and a signed checkpoint of the log, and an inclusion path of the same
 * depth. All keys are P-256, as in the public deployment; there is no certificate, so its chain is not measured.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const ORIGIN = 'log.bench.example';
const INTEGRATED = 1_700_000_000;
const PATH_LENGTH = 20; // A leaf in a tree of 2^20 ≈ 10^6 entries.
const INDEX = 654_321;

/** A function that parses and verifies the bundle against the artifact, throwing when it does not hold. */
export function sigstoreVerification(artifact: Buffer): () => void {
  const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signerKey = signer.publicKey.export({ format: 'der', type: 'spki' });
  const logKey = log.publicKey.export({ format: 'der', type: 'spki' });
  const logId = sha256(logKey);

  const digest = sha256(artifact);
  const signature = sign('sha256', artifact, signer.privateKey);
  const body = Buffer.from(
    JSON.stringify({
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: digest.toString('hex') } },
        signature: { content: signature.toString('base64'), publicKey: { content: signerKey.toString('base64') } },
      },
    }),
  );

  const hashes = Array.from({ length: PATH_LENGTH }, (_, level) => sha256(Buffer.from(`sibling ${level}`)));
  const root = hashes.reduce(
    (node, sibling, level) =>
      (INDEX >> level) & 1 ? sha256(Buffer.of(1), sibling, node) : sha256(Buffer.of(1), node, sibling),
    sha256(Buffer.of(0), body),
  );
  const checkpoint = `${ORIGIN}\n${2 ** PATH_LENGTH}\n${root.toString('base64')}\n`;
  const checkpointSignature = Buffer.concat([
    logId.subarray(0, 4),
    sign('sha256', Buffer.from(checkpoint), log.privateKey),
  ]);
  // Canonical JSON: members sorted, which these are.
  const promise = JSON.stringify({
    body: body.toString('base64'),
    integratedTime: INTEGRATED,
    logID: logId.toString('hex'),
    logIndex: INDEX,
  });

  const bundle = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      publicKey: { hint: 'bench' },
      tlogEntries: [
        {
          logIndex: String(INDEX),
          logId: { keyId: logId.toString('base64') },
          kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
          integratedTime: String(INTEGRATED),
          inclusionPromise: {
            signedEntryTimestamp: sign('sha256', Buffer.from(promise), log.privateKey).toString('base64'),
          },
          inclusionProof: {
            logIndex: String(INDEX),
            rootHash: root.toString('base64'),
            treeSize: String(2 ** PATH_LENGTH),
            hashes: hashes.map((hash) => hash.toString('base64')),
            checkpoint: { envelope: `${checkpoint}\n— ${ORIGIN} ${checkpointSignature.toString('base64')}\n` },
          },
          canonicalizedBody: body.toString('base64'),
        },
      ],
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
      signature: signature.toString('base64'),
    },
  });

  const key = { rawBytes: logKey, keyDetails: 5, validFor: { start: new Date(0) } };
  const trust = toTrustMaterial(
    {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [],
      timestampAuthorities: [],
      ctlogs: [],
      tlogs: [
        {
          baseUrl: `https://${ORIGIN}`,
          hashAlgorithm: 1,
          publicKey: key,
          logId: { keyId: logId },
          checkpointKeyId: undefined,
          operator: '',
        },
      ],
    },
    { bench: { rawBytes: signerKey, keyDetails: 5 } },
  );
  const verifier = new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 1, timestampThreshold: 1 });
  return () => {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle)), artifact));
  };
}
