import { bufferOf, bytesOf, type ByteReader } from "../byte-reader.ts";

/** What the load commands say, by the names of `mach-o/loader.h`. Offsets count from the slice's start. */
export interface LoadCommands {
  readonly segments: readonly MachSegment[];
  readonly sections: readonly MachSection[];
  readonly symtab: Symtab | undefined;
  readonly uuid: string | undefined;
}

export interface MachSegment {
  readonly segname: string;
  readonly vmaddr: number;
  readonly vmsize: number;
  readonly fileoff: number;
  readonly filesize: number;
  readonly initprot: number;
  readonly flags: number;
}

export interface MachSection {
  readonly sectname: string;
  readonly segname: string;
  readonly addr: number;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

export interface Symtab {
  readonly symoff: number;
  readonly nsyms: number;
  readonly stroff: number;
  readonly strsize: number;
}

const LC_SEGMENT = 0x1;
const LC_SYMTAB = 0x2;
const LC_SEGMENT_64 = 0x19;
const LC_UUID = 0x1b;

const mostCommandBytes = 0x100_0000;

export function readLoadCommands(reader: ByteReader, ncmds: number, sizeofcmds: number): LoadCommands {
  const start = reader.wide ? 32 : 28;
  const segments: MachSegment[] = [];
  const sections: MachSection[] = [];
  let symtab: Symtab | undefined;
  let uuid: string | undefined;
  for (const { cmd, at, cmdsize } of commands(reader, start, ncmds, sizeofcmds)) {
    if (cmd === (reader.wide ? LC_SEGMENT_64 : LC_SEGMENT)) {
      const segment = readSegment(reader, at);
      segments.push(segment);
      sections.push(...readSections(reader, at, cmdsize));
    }
    if (cmd === LC_SYMTAB) symtab ??= readSymtab(reader, at);
    if (cmd === LC_UUID) uuid ??= bufferOf(bytesOf(reader.peek(at + 8, 16))).toString("hex");
  }
  return { segments, sections, symtab, uuid };
}

interface Command {
  readonly cmd: number;
  readonly at: number;
  readonly cmdsize: number;
}

function* commands(reader: ByteReader, start: number, ncmds: number, sizeofcmds: number): Generator<Command> {
  if (sizeofcmds > mostCommandBytes) throw reader.error("too-large", `${sizeofcmds} bytes of load commands`, start);
  const end = start + sizeofcmds;
  let at = start;
  for (let index = 0; index < ncmds; index += 1) {
    if (at + 8 > end) throw reader.error("malformed", `load command ${index} of ${ncmds} is past their end`, at);
    const cmdsize = reader.u32(at + 4);
    if (cmdsize < 8 || at + cmdsize > end) throw reader.error("malformed", `load command of ${cmdsize} bytes`, at);
    yield { cmd: reader.u32(at), at, cmdsize };
    at += cmdsize;
  }
}

function readSegment(reader: ByteReader, at: number): MachSegment {
  const word = reader.wide ? 8 : 4;
  const flags = at + 24 + word * 4 + 12;
  const segment = {
    segname: fixedName(reader, at + 8),
    vmaddr: reader.word(at + 24),
    vmsize: reader.word(at + 24 + word),
    fileoff: reader.word(at + 24 + word * 2),
    filesize: reader.word(at + 24 + word * 3),
    initprot: reader.u32(at + 24 + word * 4 + 4),
    flags: reader.u32(flags),
  };
  checkExact(reader, at, segment.segname, [segment.vmaddr + segment.vmsize, segment.fileoff + segment.filesize]);
  return segment;
}

function readSections(reader: ByteReader, at: number, cmdsize: number): MachSection[] {
  const headerSize = reader.wide ? 72 : 56;
  const sectionSize = reader.wide ? 80 : 68;
  const nsects = reader.u32(at + headerSize - 8);
  if (headerSize + nsects * sectionSize > cmdsize) {
    throw reader.error("malformed", `${nsects} sections in a command of ${cmdsize} bytes`, at);
  }
  return Array.from({ length: nsects }, (_, index) => readSection(reader, at + headerSize + index * sectionSize));
}

function readSection(reader: ByteReader, at: number): MachSection {
  const word = reader.wide ? 8 : 4;
  const offset = at + 32 + word * 2;
  const section = {
    sectname: fixedName(reader, at),
    segname: fixedName(reader, at + 16),
    addr: reader.word(at + 32),
    size: reader.word(at + 32 + word),
    offset: reader.u32(offset),
    flags: reader.u32(offset + 16),
  };
  checkExact(reader, at, section.sectname, [section.addr + section.size]);
  return section;
}

function readSymtab(reader: ByteReader, at: number): Symtab {
  return {
    symoff: reader.u32(at + 8),
    nsyms: reader.u32(at + 12),
    stroff: reader.u32(at + 16),
    strsize: reader.u32(at + 20),
  };
}

/** 16 bytes, ended by a NUL only where the name is shorter. */
function fixedName(reader: ByteReader, at: number): string {
  const bytes = bufferOf(bytesOf(reader.peek(at, 16)));
  const length = bytes.indexOf(0);
  return bytes.toString("utf8", 0, length < 0 ? 16 : length);
}

function checkExact(reader: ByteReader, at: number, name: string, ends: readonly number[]): void {
  const end = ends.find((one) => !Number.isSafeInteger(one));
  if (end !== undefined) throw reader.error("unsupported", `${name} reaches 0x${end.toString(16)}, over 2^53`, at);
}
