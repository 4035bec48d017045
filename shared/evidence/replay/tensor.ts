/**
 * Tensors as bytes: element types, sizes, inputs made from a seed, and output bytes as the text a page can show.
 * Every tensor is its elements in row-major order, little-endian.
 *
 * @see docs/spec/replay.md#inputs
 */
import { type Bytes32, utf8 } from '../../bytes/bytes.ts';

/** Element types of inputs and outputs, ONNX names. */
export type ElementType = 'float32' | 'int64' | 'int32' | 'uint8';

/** One tensor of a run. */
export interface Tensor {
  /** The name the model gives it. */
  readonly name: string;
  readonly dtype: ElementType;
  readonly dims: readonly number[];
  /** Its elements; exactly the size of the shape. */
  readonly bytes: Uint8Array;
}

/** One tensor of a run, named by digest. */
export interface TensorPin {
  readonly name: string;
  readonly dtype: ElementType;
  readonly dims: readonly number[];
  /** SHA-256 of its bytes. */
  readonly digest: Bytes32;
}

/** How an input is made without a file: a linear congruential generator, so that anybody makes the same bytes. */
export type GeneratedSource =
  | { readonly kind: 'generated'; readonly recipe: 'sum3' | 'uniform'; readonly seed: number }
  | { readonly kind: 'generated'; readonly recipe: 'ids'; readonly seed: number; readonly vocab: number };

/** Bytes per element. */
export const ELEMENT_SIZE: Readonly<Record<ElementType, number>> = { float32: 4, int64: 8, int32: 4, uint8: 1 };

/** The largest tensor, 16 MiB: four times the largest known-answer input. */
export const MAX_TENSOR_SIZE = 16 * 1024 * 1024;

/** The most elements `decimals-1` prints: about 200 KiB of text. */
export const MAX_DECIMALS = 10_000;

/**
 * Bytes a tensor of this shape takes; an empty shape is a scalar.
 *
 * @example
 * import { tensorSize } from '#shared/evidence/replay/tensor.ts';
 * tensorSize('float32', [2, 10]); // => 80
 */
export const tensorSize = (dtype: ElementType, dims: readonly number[]): number =>
  dims.reduce((size, dim) => size * dim, ELEMENT_SIZE[dtype]);

/**
 * The bytes of a generated input.
 *
 * The generator: state s starts as the seed (uint32); each draw sets s = (s·1664525 + 1013904223) mod 2^32 and gives
 * r = s / 2^32. `sum3`: float32 (r1 + r2 + r3 − 1.5)·2; `uniform`: float32 2r − 1; `ids`: int64 ⌊r·vocab⌋.
 *
 * @param source - the recipe; `ids` belongs to int64, the others to float32
 * @param dims - shape of the tensor
 * @example
 * import { generateInput } from '#shared/evidence/replay/tensor.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(generateInput({ kind: 'generated', recipe: 'ids', seed: 12345, vocab: 256 }, [2])); // => '05000000000000000400000000000000'
 */
export function generateInput(source: GeneratedSource, dims: readonly number[]): Uint8Array {
  const count = dims.reduce((product, dim) => product * dim, 1);
  let state = source.seed >>> 0;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
  const size = source.recipe === 'ids' ? 8 : 4;
  const view = new DataView(new ArrayBuffer(count * size));
  for (let i = 0; i < count; i++) {
    if (source.recipe === 'ids') view.setBigInt64(i * 8, BigInt(Math.floor(draw() * source.vocab)), true);
    else if (source.recipe === 'uniform') view.setFloat32(i * 4, draw() * 2 - 1, true);
    else view.setFloat32(i * 4, (draw() + draw() + draw() - 1.5) * 2, true);
  }
  return new Uint8Array(view.buffer);
}

/** The elements as numbers; int64 as bigint. */
function* elements(tensor: Tensor): Generator<number | bigint> {
  const { bytes, dtype } = tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += ELEMENT_SIZE[dtype]) {
    if (dtype === 'float32') yield view.getFloat32(at, true);
    else if (dtype === 'int64') yield view.getBigInt64(at, true);
    else if (dtype === 'int32') yield view.getInt32(at, true);
    else yield view.getUint8(at);
  }
}

/**
 * Whether a tensor holds a NaN, whose bits WebAssembly leaves open: such an output can be neither equal nor different.
 *
 * @example
 * import { hasNaN } from '#shared/evidence/replay/tensor.ts';
 * hasNaN({ name: 'out', dtype: 'float32', dims: [1], bytes: Uint8Array.of(0, 0, 0xc0, 0x7f) }); // => true
 */
export function hasNaN(tensor: Tensor): boolean {
  if (tensor.dtype !== 'float32') return false;
  for (const value of elements(tensor)) if (Number.isNaN(value)) return true;
  return false;
}

/**
 * A tensor as the text of `decimals-1`: each element as JavaScript prints it (the shortest decimal of the float32 read
 * as a double; int64 in full), joined by a comma and a space, no line end.
 *
 * @example
 * import { decimals } from '#shared/evidence/replay/tensor.ts';
 * decimals({ name: 'out', dtype: 'float32', dims: [2], bytes: Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf) }); // => '1, -0.5'
 */
export const decimals = (tensor: Tensor): string => [...elements(tensor)].map(String).join(', ');

/** How a run's first output becomes the bytes that were attested. */
export type DecodingRule = 'tensor-bytes-1' | 'decimals-1';

/** The media type each decoding rule gives. */
export const DECODED_TYPE: Readonly<Record<DecodingRule, string>> = {
  'tensor-bytes-1': 'application/octet-stream',
  'decimals-1': 'text/plain',
};

/**
 * The attested bytes behind an output tensor. `decimals-1` is ASCII, so its bind stream is itself.
 *
 * @example
 * import { decodeOutput } from '#shared/evidence/replay/tensor.ts';
 * const scalar = { name: 'out', dtype: 'uint8', dims: [1], bytes: Uint8Array.of(7) };
 * decodeOutput('decimals-1', scalar)[0]; // => 55
 */
export const decodeOutput = (rule: DecodingRule, tensor: Tensor): Uint8Array =>
  rule === 'decimals-1' ? utf8(decimals(tensor)) : tensor.bytes;
