/** The bytes of a module, which the bundler puts into the script. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
