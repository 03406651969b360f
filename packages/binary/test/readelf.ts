import { run } from "./real-files.ts";

export interface ReadelfSection {
  readonly name: string;
  readonly type: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

export interface ReadelfSymbol {
  readonly table: string;
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly type: string;
  readonly bind: string;
  readonly section: string;
}

export interface ReadelfLoad {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly size: number;
  readonly flags: string;
}

export interface Readelf {
  readonly sections: readonly ReadelfSection[];
  readonly loads: readonly ReadelfLoad[];
  readonly symbols: readonly ReadelfSymbol[];
  readonly buildId: string | undefined;
}

/** What binutils' readelf says of a file. */
export function readelf(path: string): Readelf {
  const text = run("readelf", ["-SlsnW", path]);
  return {
    sections: sectionsOf(text),
    loads: loadsOf(text),
    symbols: symbolsOf(text),
    buildId: /Build ID: ([0-9a-f]+)$/m.exec(text)?.[1],
  };
}

function sectionsOf(text: string): ReadelfSection[] {
  const line = /^ +\[ *\d+\] (\S*) +([A-Z_\d]+) +([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) [0-9a-f]{2} /gm;
  return Array.from(text.matchAll(line), ([, name = "", type = "", address = "", offset = "", size = ""]) => {
    return { name, type, address: hex(address), offset: hex(offset), size: hex(size) };
  }).filter(({ type }) => type !== "NULL");
}

function loadsOf(text: string): ReadelfLoad[] {
  const line = /^ +LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x(\w+) (.{3}) /gm;
  return Array.from(text.matchAll(line), ([, offset = "", address = "", fileSize = "", size = "", flags = ""]) => {
    return { offset: hex(offset), address: hex(address), fileSize: hex(fileSize), size: hex(size), flags };
  });
}

function symbolsOf(text: string): ReadelfSymbol[] {
  const symbols: ReadelfSymbol[] = [];
  let table = "";
  for (const line of text.split("\n")) {
    table = /^Symbol table '(.*)' contains/.exec(line)?.[1] ?? table;
    const [, value = "", size = "", type = "", bind = "", section = "", name = ""] =
      /^ *\d+: ([0-9a-f]+) +(\w+) (\w+) +(\w+) +\w+ +(\w+) (\S+)/.exec(line) ?? [];
    if (name === "") continue;
    const plain = table === ".dynsym" ? name.replace(/@.*/, "") : name;
    symbols.push({ table, name: plain, value: hex(value), size: Number(size), type, bind, section });
  }
  return symbols;
}

function hex(digits: string): number {
  return Number.parseInt(digits, 16);
}
