/**
 * Rust's PNG decoder, built to WebAssembly by jSquash, by its own interface: it stops in the middle of a broken file and
 * never gives back the memory it took for it, and the package's own door has one instance for all files.
 */
import type { Pixels } from '#shared/image/pdq.ts';

/** What `wasm-bindgen` made of the decoder, as far as it is used. */
interface Library {
  readonly memory: WebAssembly.Memory;
  __wbindgen_malloc(length: number, alignment: number): number;
  /** Hands the picture to the import whose name begins with `PICTURE`, and answers what that does. */
  decode(at: number, length: number): number;
}

const PICTURE = '__wbg_newwithownedu8clampedarray';

/**
 * The pixels of a PNG file, eight bits each, as they are stored.
 * @throws Error, WebAssembly.RuntimeError for a file that is none or is broken
 */
export function decodePng(module: WebAssembly.Module, file: Uint8Array): Pixels {
  let pixels: Pixels | undefined;
  const wasm = (): Library => instance.exports as unknown as Library;
  const take = (at: number, length: number, width: number, height: number): number => {
    pixels = { width, height, data: new Uint8Array(wasm().memory.buffer, at >>> 0, length).slice() };
    return 0;
  };
  const broken = (): never => {
    throw new Error('not a whole PNG');
  };
  const named = WebAssembly.Module.imports(module).map(({ name }) => [name, name.startsWith(PICTURE) ? take : broken]);
  const instance = new WebAssembly.Instance(module, { wbg: Object.fromEntries(named) });
  const at = wasm().__wbindgen_malloc(file.length, 1) >>> 0;
  new Uint8Array(wasm().memory.buffer).set(file, at);
  wasm().decode(at, file.length);
  return pixels ?? broken();
}
