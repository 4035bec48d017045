/**
 * Three tiny models whose output bytes are known: the self-test a runtime must pass before its replays mean anything.
 * They compute nothing of interest (random weights, made for this project); together they touch convolutions,
 * reductions over a million values, softmax, normalisation and dynamic int8 matrix products.
 *
 * The files stand beside this table; the caller loads them, and their digests are checked.
 *
 * @see docs/spec/replay.md#self-test
 */
import type { Bytes32 } from '../../../bytes/bytes.ts';
import { fromHex } from '../../../bytes/hex.ts';
import type { GeneratedSource, TensorPin } from '../tensor.ts';

/** One model with its input and the output it must give. */
export interface KnownAnswer {
  /** File name beside this table. */
  readonly file: string;
  readonly model: { readonly digest: Bytes32; readonly size: number };
  readonly input: TensorPin & { readonly source: GeneratedSource };
  readonly output: TensorPin;
}

const digest = (hex: string): Bytes32 => fromHex(hex) ?? new Uint8Array(32);

/**
 * The self-test, in the order it runs.
 *
 * @example
 * import { KNOWN_ANSWERS } from '#shared/evidence/replay/known-answer/known-answer.ts';
 * KNOWN_ANSWERS.map(({ file }) => file); // => ['cnn-fp32.onnx', 'reduce-fp32.onnx', 'causal-int8.onnx']
 */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  {
    file: 'cnn-fp32.onnx',
    model: { digest: digest('16e370ecf9d7c4ecc5f8d1ad25d317365aa4ea3c00cc801d3e5619c5b2722b13'), size: 121_669 },
    input: {
      name: 'x',
      dtype: 'float32',
      dims: [2, 3, 96, 96],
      digest: digest('a59bb36bf4117d91916a6a1829337f87d84571ab116b8be0807fb62f2ac2bc70'),
      source: { kind: 'generated', recipe: 'sum3', seed: 12345 },
    },
    output: {
      name: 'out',
      dtype: 'float32',
      dims: [2, 10],
      digest: digest('5563c3f7f81bdb0e7afab070eb5966c5e3ce75d5fd7e3e3672b0c4f31ed3664b'),
    },
  },
  {
    file: 'reduce-fp32.onnx',
    model: { digest: digest('291d6f7d5220bcd48c831082dbed1a5b47f46972695aa40d1a267a1d8565f88a'), size: 33_785 },
    input: {
      name: 'x',
      dtype: 'float32',
      dims: [256, 4096],
      digest: digest('5bb61d158d0aaa2cb4a5d0b6c02ef9ed58caaa524760b996b934617dab8e8917'),
      source: { kind: 'generated', recipe: 'sum3', seed: 12345 },
    },
    output: {
      name: 'out',
      dtype: 'float32',
      dims: [17410],
      digest: digest('c042b00497d59687bbe2b5bc20bf6569ef241967f8b6e3feb4adbee60e39effe'),
    },
  },
  {
    file: 'causal-int8.onnx',
    model: { digest: digest('1b5ae55403b84d1b702cf028663cce1ffc0166d294d93b22ce516dd871115633'), size: 483_244 },
    input: {
      name: 'ids',
      dtype: 'int64',
      dims: [1, 96],
      digest: digest('37870ee6c77ce567533847615891530cacab1587f6f73bb635745e905d5a94cb'),
      source: { kind: 'generated', recipe: 'ids', seed: 12345, vocab: 256 },
    },
    output: {
      name: 'out',
      dtype: 'float32',
      dims: [1, 96, 256],
      digest: digest('d94fe32b215c1df608efa91f0048c202522693eb79cd32abab8a67282aafbd49'),
    },
  },
];
