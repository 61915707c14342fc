// Types that neither the packages nor Node's own declarations bring.

declare module 'fs-native-extensions' {
  /** An exclusive lock on the open file, held until it is closed; false where another process has it. */
  export function tryLock(fd: number): boolean
}

declare namespace WebAssembly {
  type ModuleImports = Record<string, unknown>
  function instantiate(bytes: Uint8Array, imports: Record<string, ModuleImports>): Promise<{ instance: { exports: Record<string, unknown> } }>
}
