/** What there is to compare of a picture on a page: how it looks, and its file's digest where that is known. */
import { fromBase64 } from '#shared/bytes/base64.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { type HashedImage, type Pixels, pdqHash } from '#shared/image/pdq.ts';
import type { DrawnPicture, ShownPicture } from '../messaging/picture-protocol.ts';
import { fetchPicture } from '../trails/fetch-picture.ts';

/** What the hash reduces a picture's sides to. */
const MAX_SIDE = 512;

/** A picture as it can be compared. */
export interface SeenPicture {
  /** How it looks; absent where it is too small or too plain to be told from others. */
  readonly looks?: HashedImage;
  /** SHA-256 of the file that is drawn. */
  readonly digest?: Uint8Array;
  /** The page's own picture could not be read: this is what its address gives to whoever asks. */
  readonly refetched?: true;
}

/** Sees a picture; `closed` where neither page nor extension may read it, nothing where it cannot be read at all. */
export async function seePicture(picture: ShownPicture, page: string): Promise<SeenPicture | 'closed' | undefined> {
  const { address, drawn, digest } = picture;
  if (drawn !== undefined) {
    const file = digest === undefined ? undefined : fromHex(digest);
    return { ...looksOf(pixelsOf(drawn)), ...(file && { digest: file }) };
  }
  if (address === '') return undefined;
  const fetched = await fetchPicture(address, page);
  if (fetched === undefined || fetched === 'closed') return fetched;
  const pixels = await decode(fetched).catch(() => undefined);
  return pixels && { refetched: true, ...looksOf(pixels) };
}

function looksOf(pixels: Pixels | undefined): Pick<SeenPicture, 'looks'> {
  const looks = pixels && pdqHash(pixels);
  return looks === undefined ? {} : { looks };
}

function pixelsOf({ width, height, luma }: DrawnPicture): Pixels | undefined {
  const bytes = fromBase64(luma);
  if (bytes?.length !== width * height) return undefined;
  const data = new Uint8Array(bytes.length * 4);
  for (const [n, value] of bytes.entries()) data.fill(value, 4 * n, 4 * n + 3).fill(255, 4 * n + 3, 4 * n + 4);
  return { width, height, data };
}

async function decode(file: Blob): Promise<Pixels | undefined> {
  const bitmap = await createImageBitmap(file);
  try {
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) return undefined;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(bitmap, 0, 0, width, height);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

/** Whether a message has the shape and size that our own script gives it. */
export function isShown({ address, drawn, digest }: ShownPicture): boolean {
  if (typeof address !== 'string' || address.length > 4096) return false;
  if (digest !== undefined && !/^[0-9a-f]{64}$/.test(digest)) return false;
  if (drawn === undefined) return true;
  const { width, height, luma } = drawn;
  const isSide = (side: number): boolean => Number.isInteger(side) && side > 0 && side <= MAX_SIDE;
  return isSide(width) && isSide(height) && typeof luma === 'string' && luma.length <= 2 * MAX_SIDE ** 2;
}
