/**
 * The file behind a picture, from the browser's own cache, and whether it is what is drawn: a server may give one file to
 * the page and another to whoever asks again, and a page's service worker likewise. Only a file whose pixels are those on
 * the page says anything exact about it.
 */
import { idle } from './idle.ts';

const MAX_BYTES = 16 << 20;
/** Compared pixel for pixel; a larger picture is never called exact. */
const MAX_PIXELS = 2 ** 25;
/** Side of what is compared at once. */
const TILE = 256;

/** SHA-256 of a picture's file in hexadecimal, if that file is what is drawn. */
export async function digestOf(image: HTMLImageElement): Promise<string | undefined> {
  const { naturalWidth, naturalHeight, currentSrc } = image;
  if (naturalWidth * naturalHeight > MAX_PIXELS || globalThis.crypto.subtle === undefined) return undefined;
  try {
    const file = await fileOf(image);
    if (file === undefined || !(await isDrawn(image, file)) || image.currentSrc !== currentSrc) return undefined;
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}

/** A picture's file, where the page may read it. */
export async function fileOf({ currentSrc }: HTMLImageElement): Promise<Blob | undefined> {
  return (await kept(currentSrc)) ?? (await fetched(currentSrc));
}

/** From the cache alone, which browsers allow for the page's own origin only: nothing is sent. */
const kept = (address: string): Promise<Blob | undefined> =>
  read(address, { mode: 'same-origin', credentials: 'same-origin', cache: 'only-if-cached' });

/** From the cache if it is there, else once more from the host that gave it to the page. */
const fetched = (address: string): Promise<Blob | undefined> =>
  read(address, { mode: 'cors', credentials: 'omit', cache: 'force-cache', referrerPolicy: 'no-referrer' });

async function read(address: string, init: RequestInit): Promise<Blob | undefined> {
  try {
    const response = await fetch(address, init);
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) return undefined;
    const file = await response.blob();
    return file.size > 0 && file.size <= MAX_BYTES ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file, decoded here, has exactly the pixels that the page draws. */
async function isDrawn(image: HTMLImageElement, file: Blob): Promise<boolean> {
  const bitmap = await createImageBitmap(file);
  try {
    const { width, height } = bitmap;
    if (width !== image.naturalWidth || height !== image.naturalHeight) return false;
    const [one, other] = [tile(), tile()];
    for (let top = 0; top < height; top += TILE) {
      for (let left = 0; left < width; left += TILE) {
        await idle();
        if (!areSame(pixels(one, image, left, top), pixels(other, bitmap, left, top))) return false;
      }
    }
    return true;
  } finally {
    bitmap.close();
  }
}

function tile(): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(TILE, TILE).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new TypeError('this browser draws nothing');
  return context;
}

function pixels(context: OffscreenCanvasRenderingContext2D, from: CanvasImageSource, left: number, top: number) {
  context.clearRect(0, 0, TILE, TILE);
  context.drawImage(from, -left, -top);
  return new Uint32Array(context.getImageData(0, 0, TILE, TILE).data.buffer);
}

const areSame = (one: Uint32Array, other: Uint32Array): boolean => one.every((pixel, at) => pixel === other[at]);
