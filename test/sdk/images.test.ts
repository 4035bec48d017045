/** Images through the package: read by content, attested by digest and looks, and compared without ever calling a likeness exact. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import schema from '../../sdk/cli/verdict.schema.json' with { type: 'json' };
import { createIssuerClient, createIssuerKey, decodeImage, type ImageDescription } from '../../sdk/index.ts';
import { parseClaim } from '../../shared/claim/claim.ts';
import { compareImages } from '../../shared/image/compare-images.ts';
import { readImageHeader } from '../../shared/image/image-header.ts';
import { type Pixels, pdqHash } from '../../shared/image/pdq.ts';
import { parseTrail } from '../../shared/trail/trail.ts';
import { heldBytes } from '../support/garbage.ts';
import {
  jpegFile,
  orientedJpeg,
  orientedPng,
  pngFile,
  scannedJpeg,
  shadowedJpeg,
  webpFile,
} from '../support/image-files.ts';
import { flatImage, madeImage } from '../support/made-image.ts';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const [SCENE, OTHER] = [madeImage(1), madeImage(2)];
const ISSUER = 'https://example.com';

const hashOf = (pixels: Pixels): Uint8Array => {
  const hashed = pdqHash(pixels);
  if (!hashed) throw new Error('no hash');
  return hashed.hash;
};
const decoded = async (bytes: Uint8Array): Promise<Pixels> => {
  const image = await decodeImage(bytes);
  if (!image.ok) throw new Error(image.reason);
  return image.value.pixels;
};

describe('an image file', () => {
  const files: Record<string, Uint8Array> = {};
  beforeAll(async () => {
    const small = madeImage(3, 65, 97);
    files['image/png'] = pngFile(small);
    files['image/jpeg'] = await jpegFile(small);
    files['image/webp'] = await webpFile(small);
    files['lossless image/webp'] = await webpFile(small, { lossless: 1 });
    files['transparent image/webp'] = await webpFile({
      ...small,
      data: small.data.map((v, at) => (at % 4 === 3 ? at % 251 : v)),
    });
  });

  test.each(['image/png', 'image/jpeg', 'image/webp', 'lossless image/webp', 'transparent image/webp'])(
    'is known for %s by its content, with its size, and decoded to it',
    async (name) => {
      const bytes = files[name] as Uint8Array;
      const type = name.split(' ').at(-1);
      expect(readImageHeader(bytes)).toMatchObject({ type, width: 65, height: 97 });
      expect(await decodeImage(bytes)).toMatchObject({ ok: true, value: { type, pixels: { width: 65, height: 97 } } });
      for (let length = 0; length < 32; length++) {
        expect(await decodeImage(bytes.subarray(0, length)), `${length} bytes`).toMatchObject({ ok: false });
      }
    },
  );

  test('is read from a Buffer that lies within another', async () => {
    const file = Buffer.concat([Buffer.from('before'), pngFile(SCENE)]).subarray(6);
    expect(await decodeImage(file)).toMatchObject({ ok: true, value: { pixels: { width: SCENE.width } } });
  });

  test.each([0x00, 0x01, 0xd0, 0xd7])(
    'hides no frame from the check of its size behind the marker %i, which has no length',
    async (marker) => {
      const jpeg = shadowedJpeg(files['image/jpeg'] as Uint8Array, marker);
      expect(readImageHeader(jpeg)).toMatchObject({ width: 65, height: 97 });
      expect(await decodeImage(jpeg)).toMatchObject({ ok: true, value: { pixels: { width: 65, height: 97 } } });
    },
  );

  test('that has a hundred scans is decoded, and with more it is not begun', async () => {
    const jpeg = files['image/jpeg'] as Uint8Array;
    const { scans = 0 } = readImageHeader(jpeg) ?? {};
    expect(scans).toBeGreaterThan(1);
    expect(await decodeImage(scannedJpeg(jpeg, 100 - scans))).toMatchObject({ ok: true });
    const more = await decodeImage(scannedJpeg(jpeg, 101 - scans));
    expect(more).toEqual({ ok: false, reason: 'image-malformed', detail: '101 scans' });
  });

  test('that is broken leaves nothing behind', async () => {
    const broken = pngFile(SCENE, [4096, 1024]);
    await decodeImage(broken);
    const before = await heldBytes();
    for (let n = 0; n < 6; n++) expect(await decodeImage(broken)).toMatchObject({ reason: 'image-malformed' });
    // Each has room for 16 MB of pixels while it is read.
    expect((await heldBytes()) - before).toBeLessThan(32 * 1024 * 1024);
  });

  test('gives back every pixel where it lost none', async () => {
    const clear = { ...SCENE, data: SCENE.data.map((value, at) => (at % 4 === 3 ? (at * 7) % 256 : value)) };
    expect(new Uint8Array((await decoded(pngFile(clear))).data)).toEqual(new Uint8Array(clear.data));
  });

  test('has nearly the same hash in every format', async () => {
    for (const file of [pngFile(SCENE), await jpegFile(SCENE, 60), await webpFile(SCENE)]) {
      expect(compareImages(hashOf(SCENE), hashOf(await decoded(file))).distance).toBeLessThan(12);
    }
  });

  test('is turned upright as its EXIF data says, a PNG like a JPEG', async () => {
    const [jpeg, png] = [await jpegFile(SCENE, 95), pngFile(SCENE)];
    const { width, height, data } = await decoded(jpeg);
    const right = await decoded(orientedJpeg(jpeg, 6));
    expect([right.width, right.height]).toEqual([height, width]);
    // Turned to the right: what was the lower left corner is the upper left one.
    const lowerLeft = (height - 1) * width * 4;
    expect([...right.data.subarray(0, 4)]).toEqual([...data.subarray(lowerLeft, lowerLeft + 4)]);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const [one, other] = [
        await decoded(orientedJpeg(jpeg, orientation)),
        await decoded(orientedPng(png, orientation)),
      ];
      expect([other.width, other.height], `${orientation}`).toEqual([one.width, one.height]);
      const apart = new Uint8Array(one.data).reduce(
        (sum, value, at) => sum + Math.abs(value - (other.data[at] ?? 0)),
        0,
      );
      expect(apart / one.data.length, `${orientation}`).toBeLessThan(4);
    }
  });

  test.each([
    ['nothing', ''],
    ['half a header', '4d4d002a'],
    ['in no byte order', '0000002a00000008000101120003000000010006000000000000'],
    ['no TIFF file', '4d4d002b00000008000101120003000000010006000000000000'],
    ['a directory behind its end', '4d4d002affffffff0001'],
    ['more entries than there are', '4d4d002a00000008ffff0112000300000001'],
    ['a ninth orientation', '4d4d002a00000008000101120003000000010009000000000000'],
    ['an orientation in another type', '4d4d002a00000008000101120004000000010006000000000000'],
  ])('whose EXIF data is %s stands as it is', async (_what, hex) => {
    const { width, height } = await decoded(orientedPng(pngFile(SCENE), 1, Buffer.from(hex, 'hex')));
    expect([width, height]).toEqual([SCENE.width, SCENE.height]);
  });

  test('whose EXIF data is of the other byte order is turned as well', async () => {
    const little = Buffer.from('49492a0008000000010012010300010000000600000000000000', 'hex');
    const { width, height } = await decoded(orientedPng(pngFile(SCENE), 6, little));
    expect([width, height]).toEqual([SCENE.height, SCENE.width]);
  });

  test.each([
    ['nothing', () => new Uint8Array(), 'image-unsupported'],
    ['a GIF', () => new TextEncoder().encode('GIF89a\u0001\u0000\u0001\u0000'), 'image-unsupported'],
    ['an animated WebP', () => files['transparent image/webp']?.with(20, 0x12), 'image-unsupported'],
    ['a text', () => new TextEncoder().encode('\u0089PNG is a format.'), 'image-unsupported'],
    ['a header that promises four billion pixels', () => pngFile(SCENE, [65_535, 65_535]), 'image-too-large'],
    ['a PNG cut short', () => pngFile(SCENE).subarray(0, 900), 'image-malformed'],
    ['a WebP of nothing but its header', () => files['image/webp']?.slice(0, 40), 'image-malformed'],
    ['a JPEG of nothing but its header', () => files['image/jpeg']?.slice(0, 200), 'image-malformed'],
  ] as const)('that is %s is refused with its reason', async (_what, make, reason) => {
    expect(await decodeImage(make() ?? new Uint8Array())).toMatchObject({ ok: false, reason });
  });
});

describe('the library', () => {
  const sent: Record<string, unknown>[] = [];
  const client = createIssuerClient({
    log: LOG_ADDRESS,
    issuer: ISSUER,
    key: createIssuerKey(new Uint8Array(32).fill(7)),
    fetch: async (_url, init) => {
      sent.push(JSON.parse(String(init?.body)));
      return Response.json({ title: 'No' }, { status: 422 });
    },
  });
  const described = (image: ImageDescription['image'], more: Partial<ImageDescription> = {}): ImageDescription => ({
    image,
    model: { provider: 'openai.com', name: 'gpt-image-1' },
    run: { operator: 'example.com' },
    ...more,
  });
  const outputOf = (description: ImageDescription) => {
    const claim = parseClaim(client.sign(description).claim);
    if (!claim.ok) throw new Error(claim.reason);
    return claim.value.output;
  };
  // No decoder of ours is asked: these are no bytes of any format.
  const bytes = new TextEncoder().encode('an image in a format of tomorrow');
  const type = 'image/x-tomorrow';

  test('claims the digest of the file and the hash of the pixels it is given, whoever decoded them', () => {
    const output = outputOf(described({ bytes, type, pixels: SCENE }));
    const match = { alg: 'wm-image-1', hash: hashOf(SCENE) };
    expect(output).toEqual({ type, size: bytes.length, digest: sha256(bytes), match });
  });

  test.each([
    ['no pixels', described({ bytes, type })],
    ['pixels too plain for a hash', described({ bytes, type, pixels: flatImage() })],
    ['pixels and the wish for none', described({ bytes, type, pixels: SCENE }, { fingerprints: false })],
  ])('claims no hash with %s', (_what, description) => {
    expect(outputOf(description)).toEqual({ type, size: bytes.length, digest: sha256(bytes) });
  });

  test.each(['text/plain', 'image', 'image/', 'IMAGE/PNG', 'image/png; q=1'])('takes no %s for an image', (wrong) => {
    expect(() => client.sign(described({ bytes, type: wrong, pixels: SCENE }))).toThrow(RangeError);
  });

  test('sends statement and claim, and nothing of the image', async () => {
    await client.attest(described({ bytes, type, pixels: SCENE }));
    expect(sent.map((body) => Object.keys(body))).toEqual([['statement', 'claim']]);
  });
});

describe('the command', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const log = new MemoryLog();
  const matchesSchema = new Ajv2020({ strict: false }).compile(schema);
  const options = [
    '--key',
    at('issuer.jwk'),
    '--issuer',
    ISSUER,
    '--log',
    LOG_ADDRESS,
    '--model',
    'openai.com/gpt-image-1',
  ];
  const issue = (...argv: string[]) => witnessmark(['issue', ...options, ...argv], { fetch: log.fetch });
  const claimedIn = (trail: string) => {
    const read = parseTrail(readFileSync(at(trail), 'utf8'));
    const claim = read.ok ? parseClaim(read.value.claim) : read;
    return claim.ok ? claim.value.output : undefined;
  };
  const argv = (image: string, trail = 'scene.json') => [
    'verify',
    at(trail),
    '--image',
    at(image),
    '--policy',
    at('trust.json'),
  ];
  async function verified(image: string, ...more: string[]) {
    const { code, out } = await witnessmark([...argv(image), '--json', ...more]);
    const verdict = JSON.parse(out);
    expect(matchesSchema(verdict), JSON.stringify(matchesSchema.errors)).toBe(true);
    return { code, verdict: verdict.verdict, reasons: verdict.reasons, content: verdict.content };
  }

  beforeAll(async () => {
    writeFileSync(at('trust.json'), `${log.trust()}\n`);
    // Named as something else: what a file is, its content says.
    writeFileSync(at('scene.jpg'), pngFile(SCENE));
    writeFileSync(at('smaller.webp'), await webpFile(madeImage(1, 144, 96)));
    writeFileSync(at('other.png'), pngFile(OTHER));
    writeFileSync(at('flat.png'), pngFile(flatImage()));
    writeFileSync(at('picture.png'), 'GIF89a');
    await witnessmark(['keygen', '--out', at('issuer.jwk'), '--key-set', at('keys')]);
    log.keySet = new Uint8Array(readFileSync(at('keys')));
    await witnessmark(['register', ...options.slice(0, 6)], { fetch: log.fetch });
    expect(await issue('--image', at('scene.jpg'), '--out', at('scene.json'))).toMatchObject({ code: 0, err: '' });
  });

  test('attests what the file is, its bytes and its looks', () => {
    const png = new Uint8Array(readFileSync(at('scene.jpg')));
    const match = { alg: 'wm-image-1', hash: hashOf(SCENE) };
    expect(claimedIn('scene.json')).toEqual({ type: 'image/png', size: png.length, digest: sha256(png), match });
  });

  test('calls the same bytes exact, and nothing else', async () => {
    const exact = await verified('scene.jpg', '--exact');
    expect(exact).toMatchObject({ code: 0, verdict: 'verified', reasons: [], content: { match: 'exact' } });
    expect(exact.content).not.toHaveProperty('image');
    const { out } = await witnessmark(argv('scene.jpg'));
    expect(out).toContain('exactly the attested image, byte for byte');
  });

  test('says of a smaller copy that it is similar, by how much, and leaves it unproven (11)', async () => {
    const copy = await verified('smaller.webp');
    expect(copy).toMatchObject({
      code: 11,
      verdict: 'unproven',
      reasons: ['content-none'],
      content: { match: 'similar' },
    });
    const { distance, similarity } = copy.content.image;
    expect(similarity).toBeGreaterThan(0.75);
    const { code, out } = await witnessmark(argv('smaller.webp'));
    expect(code).toBe(11);
    expect(out).toContain(`similar to the attested image: other bytes, and ${distance} of 256 bits of its hash differ`);
  });

  test('says of another image that it is not the attested one', async () => {
    const other = await verified('other.png');
    expect(other).toMatchObject({ code: 11, reasons: ['content-none'], content: { match: 'none' } });
    expect(other.content.image.distance).toBeGreaterThan(64);
    for (const file of ['flat.png', 'picture.png', 'trust.json']) {
      const { code, content } = await verified(file);
      expect([code, content.match, content.image]).toEqual([11, 'none', undefined]);
    }
    const { out } = await witnessmark(argv('flat.png'));
    expect(out).toContain('its looks were not compared');
  });

  test('tells of an image beside a trail that no policy covers', async () => {
    const { code, out } = await witnessmark(argv('smaller.webp').slice(0, -2));
    expect([code, out]).toEqual([11, expect.stringContaining('similar to the attested image')]);
  });

  test('says nothing of likeness beside a trail that is not true', async () => {
    const trail = JSON.parse(readFileSync(at('scene.json'), 'utf8'));
    const signed = Buffer.from(trail.statement, 'base64');
    signed.writeUInt8((signed.at(-1) ?? 0) ^ 1, signed.length - 1);
    writeFileSync(at('flipped.json'), JSON.stringify({ ...trail, statement: signed.toString('base64') }));
    const { code, out } = await witnessmark(argv('smaller.webp', 'flipped.json'));
    expect([code, out]).toEqual([10, expect.not.stringContaining('similar')]);
  });

  test('is not compared as a text, nor a text as an image: the answer says how (30)', async () => {
    const { code, err } = await witnessmark([...argv('scene.jpg').slice(0, 2), '--text', at('keys')]);
    expect([code, err]).toEqual([30, expect.stringContaining('the trail is about an image (image/png)')]);
    expect(err).toContain('--image FILE');
    writeFileSync(at('words.txt'), 'Words, not pixels, are what this trail is about.\n');
    await issue('--text', at('words.txt'), '--out', at('words.json'));
    const other = await witnessmark(argv('words.txt', 'words.json'));
    expect([other.code, other.err]).toEqual([30, expect.stringContaining('--text FILE')]);
  });

  test('issues an image that is too plain without a hash, and says so', async () => {
    const { code, err } = await issue('--image', at('flat.png'), '--out', at('flat.json'));
    expect([code, err]).toEqual([0, expect.stringContaining('found by its exact bytes alone')]);
    expect(claimedIn('flat.json')).not.toHaveProperty('match');
    expect((await witnessmark(argv('flat.png', 'flat.json'))).code).toBe(0);
  });

  test('leaves the hash out when it is told to, and says nothing', async () => {
    const kept = await issue('--image', at('scene.jpg'), '--no-fingerprints', '--out', at('kept.json'));
    expect([kept.code, kept.err]).toEqual([0, '']);
    expect(claimedIn('kept.json')).not.toHaveProperty('match');
    const { out } = await witnessmark(argv('smaller.webp', 'kept.json'));
    expect(out).toContain('its looks were not compared');
  });

  test.each([
    [['--image', at('picture.png')], /no PNG, JPEG or still WebP/],
    [['--image', at('scene.jpg'), '--text', at('keys')], /exclude each other/],
    [[], /--text is missing, and so is --image/],
    [['--image', at('scene.jpg'), '--publish-text'], /--publish-text goes with --text/],
    [['--image', at('scene.jpg'), '--oblivious-fingerprints'], /--oblivious-fingerprints goes with --text/],
    [['--image', at('scene.jpg'), '--type', 'text/plain'], /--type goes with --text/],
  ])('issue %j is refused (30), and nothing is sent', async (given, message) => {
    const { code, err, requests } = await issue(...given, '--out', at('never.json'));
    expect([code, requests]).toEqual([30, []]);
    expect(err).toMatch(message);
  });

  test('refuses an image of too many pixels before it decodes any', async () => {
    writeFileSync(at('bomb.png'), pngFile(SCENE, [65_535, 65_535]));
    const { code, err } = await issue('--image', at('bomb.png'), '--out', at('never.json'));
    expect([code, err]).toEqual([30, expect.stringContaining('has too many pixels (65535 × 65535 pixels)')]);
  });
});
