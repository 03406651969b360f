/** An ELF, Mach-O or PE file, read in parts as it is asked. */
export interface Binary {
  readonly format: "elf" | "mach-o" | "pe";
  readonly architecture: Architecture;
  readonly pointerSize: 4 | 8;
  readonly endianness: "little" | "big";
  /** Whether it loads at the addresses it names (`ET_EXEC`, no relocations) or anywhere. */
  readonly positionIndependent: boolean;
  /** In file order, without ELF's null section; empty for an ELF file that has no section headers. */
  readonly sections: readonly Section[];
  /** What is mapped when the file is loaded: ELF `PT_LOAD`, Mach-O `LC_SEGMENT`, PE headers and sections. */
  readonly segments: readonly Segment[];
  /** Lower-case hex: GNU build id, Mach-O UUID, or PE's CodeView GUID and age; `undefined` without one. */
  readonly buildId: string | undefined;
  /** `.gnu_debuglink`: file name and CRC-32 of the separate debug file. */
  readonly debugLink: { readonly file: string; readonly crc32: number } | undefined;
  /** First section of that name. Long PE and Mach-O names are matched as those formats cut them. */
  section(name: string): Section | undefined;
  /**
   * All bytes of one of `sections`, at most 256 MiB: zeros where the file has none (`.bss`), decompressed where the
   * file says they are compressed (`SHF_COMPRESSED`; zstd needs Node 22.15).
   */
  sectionBytes(section: Section): Uint8Array;
  /** Where CPython 3.10 and later keep `_PyRuntime`: `.PyRuntime`, `__DATA,PyRuntime` or `PyRuntim`. */
  pythonRuntimeSection(): Section | undefined;
  /** Writable data, `.data` and `.bss` or their kin: where a static variable without a symbol can be. */
  dataRanges(): readonly AddressRange[];
  /**
   * Defined symbols of these names, found without decoding the others; C names, without Mach-O's underscore.
   * Of several with a name, a global one. A local symbol that link-time optimisation has renamed (`name.lto_priv.0`,
   * `name.llvm.123`) is found where none has the name itself. Constants and thread-local variables have no address and
   * are left out;
   * in object files (`ET_REL`) an address counts from the symbol's section.
   */
  symbols(names: Iterable<string>): ReadonlyMap<string, BinarySymbol>;
  /** Every defined symbol that names a function or an object; what two tables repeat is given once. */
  allSymbols(): Iterable<BinarySymbol>;
  /**
   * `length` bytes of the image, at most 256 MiB, at an address as the file names it, before relocation;
   * zero-filled parts read as zeros. Throws BinaryError `unmapped` where no segment is.
   */
  read(address: number, length: number): Uint8Array;
  /**
   * What to add to the file's addresses, given where one of its bytes is mapped: `mapped` is the address of file
   * offset `offset`. Best is the start of the file's lowest mapping: a page that two segments share is mapped twice,
   * and the start of a mapping is then taken for the segment that starts in that page (of `pageSize` bytes, 4096).
   */
  loadBias(mapped: number, offset: number, pageSize?: number): number;
}

export type Architecture = "x64" | "arm64" | "arm" | "ia32" | "other";

/** From `start` up to, not including, `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly name: string;
  /** Mach-O's segment name; "" elsewhere. */
  readonly segment: string;
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  /** Bytes in the file: 0 for `.bss`. */
  readonly fileSize: number;
}

export interface Segment {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface BinarySymbol {
  readonly name: string;
  readonly address: number;
  /** In bytes; 0 where the format does not say (Mach-O, PE). */
  readonly size: number;
  readonly kind: "function" | "object" | "other";
  readonly table: "symtab" | "dynsym" | "exports";
}
