/** An ELF, Mach-O or PE file, read in parts as it is asked. */
export interface Binary {
  readonly format: "elf" | "mach-o" | "pe";
  readonly architecture: Architecture;
  readonly pointerSize: 4 | 8;
  readonly endianness: "little" | "big";
  /** Whether it loads at the addresses it names (`ET_EXEC`, no relocations) or anywhere. */
  readonly positionIndependent: boolean;
  readonly sections: readonly Section[];
  /** What is mapped when the file is loaded: ELF `PT_LOAD`, Mach-O `LC_SEGMENT`, PE sections. */
  readonly segments: readonly Segment[];
  /** Lower-case hex: GNU build id, Mach-O UUID, or PE's CodeView GUID and age; `undefined` without one. */
  readonly buildId: string | undefined;
  /** `.gnu_debuglink`: file name and CRC-32 of the separate debug file. */
  readonly debugLink: { readonly file: string; readonly crc32: number } | undefined;
  /** First section of that name. Long PE and Mach-O names are matched as those formats cut them. */
  section(name: string): Section | undefined;
  /** Where CPython 3.10 and later keep `_PyRuntime`: `.PyRuntime`, `__DATA,PyRuntime` or `PyRuntim`. */
  pythonRuntimeSection(): Section | undefined;
  /** Writable data, `.data` and `.bss` or their kin: where a static variable without a symbol can be. */
  dataRanges(): readonly AddressRange[];
  /** Defined symbols of these names, found without decoding the others; C names, without Mach-O's underscore. */
  symbols(names: Iterable<string>): ReadonlyMap<string, BinarySymbol>;
  /** Every defined symbol that names a function or an object; for symbol tables of whole files. */
  allSymbols(): Iterable<BinarySymbol>;
  /** `length` bytes of the image at an address as the file names it; zero-filled parts read as zeros. */
  read(address: number, length: number): Uint8Array;
  /** What to add to the file's addresses, given where one of its bytes is mapped: `mapped` is the address of file offset `offset`. */
  loadBias(mapped: number, offset: number): number;
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
