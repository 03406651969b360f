/**
 * The parts of elfy 1.0.0 that are right. Not here, since they are wrong or of no use: `osabi` (read from the
 * version byte), a section's `addralign` and `entsize` (in 64-bit files read two bytes early), `data` (of nobits
 * sections: unrelated bytes). Constants that elfy does not know come as undefined (machine, type) or as numbers.
 */
declare module "elfy" {
  export interface ElfyProgram {
    readonly type: string | undefined;
    readonly offset: number;
    readonly vaddr: number;
    readonly filesz: number;
    readonly memsz: number;
    readonly flags: Readonly<Record<string, true>>;
  }
  export interface ElfySection {
    readonly name: string;
    readonly type: string | number;
    readonly flags: Readonly<Record<string, true>>;
    readonly addr: number;
    readonly off: number;
    readonly size: number;
    readonly link: number;
  }
  export interface ElfyFile {
    readonly type: string | undefined;
    readonly machine: string | undefined;
    readonly body: { readonly programs: readonly ElfyProgram[]; readonly sections: readonly ElfySection[] };
  }
  /** Takes a Buffer, no plain Uint8Array. Throws Error, TypeError, RangeError and AssertionError. */
  const elfy: { parse(file: Buffer): ElfyFile };
  export default elfy;
}
