import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { decodeAttachments, encodeAttachments } from '../../worker/storage/attachments.ts';
import { blankPack, encodePack, packKey, parsePack } from '../../worker/storage/packs.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const items = fc.array(fc.record({ leaf: digest, preimage: bytes(300), attachments: bytes(300) }), { maxLength: 8 });

test('a pack is read as it was written, and every place holds its content', () => {
  fc.assert(
    fc.property(items, (written) => {
      const pack = encodePack(written);
      expect([...parsePack(pack.bytes)]).toEqual(written);
      for (const [i, { at, preimageLength, attachmentsLength }] of pack.places.entries()) {
        expect(pack.bytes.slice(at, at + preimageLength)).toEqual(written[i]?.preimage);
        const after = at + preimageLength;
        expect(pack.bytes.slice(after, after + attachmentsLength)).toEqual(written[i]?.attachments);
      }
    }),
  );
});

test('what is overwritten is zeros, and everything beside it stays', () => {
  fc.assert(
    fc.property(items, fc.nat(), (written, chosen) => {
      fc.pre(written.length > 0);
      const n = chosen % written.length;
      const { bytes: stored, places } = encodePack(written);
      const place = places[n];
      if (!place) throw new Error('no place');
      const read = [...parsePack(blankPack(stored, [place]))];
      const { leaf, preimage, attachments } = written[n] ?? {};
      expect(read[n]).toEqual({
        leaf,
        preimage: new Uint8Array(preimage?.length ?? 0),
        attachments: new Uint8Array(attachments?.length ?? 0),
      });
      expect(read.toSpliced(n, 1)).toEqual(written.toSpliced(n, 1));
    }),
  );
});

test('a pack is named by its digest', async () => {
  const { bytes: stored } = encodePack([]);
  expect(await packKey(stored)).toBe(`packs/${toBase64Url(sha256(stored))}`);
});

test('attachments are read as they were written', () => {
  const record = fc.record({ type: fc.string({ maxLength: 20, unit: 'grapheme' }), value: bytes(100) });
  const fingerprints = fc.record({ 'wm-winnow-1': bytes(60), 'wm-minhash-1': bytes(60) }, { requiredKeys: [] });
  const attachments = fc.record(
    {
      passages: fc.array(digest, { maxLength: 5 }),
      evidence: fc.array(record, { maxLength: 3 }),
      fingerprints,
      names: bytes(64),
      text: bytes(100),
    },
    { requiredKeys: ['evidence'] },
  );
  fc.assert(
    fc.property(attachments, (written) => {
      expect(decodeAttachments(encodeAttachments(written))).toEqual(written);
    }),
  );
});
