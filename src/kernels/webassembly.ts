/** The few parts of WebAssembly that the kernels use: the core's library types do not name it. */

/** A memory that an instance works on. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** adds pages of 64 KiB; earlier views of `buffer` are then empty */
  readonly grow: (pages: number) => number;
}

interface WebAssemblyApi {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

function api(): WebAssemblyApi | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}

/** Whether this engine runs the module: it knows WebAssembly and every instruction in it. */
export function runs(bytes: Uint8Array): boolean {
  return api()?.validate(bytes) ?? false;
}

/**
 * Compiles and starts a module at once, or returns undefined where the engine does not run it (no WebAssembly, no SIMD).
 *
 * @param bytes the module, as `assemble` makes it
 * @returns its exports
 */
export function instantiate<Exports>(bytes: Uint8Array, imports?: object): Exports | undefined {
  const wasm = api();
  if (!wasm?.validate(bytes)) return undefined;
  return new wasm.Instance(new wasm.Module(bytes), imports).exports as Exports;
}
