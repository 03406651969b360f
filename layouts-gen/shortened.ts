import type { Offsets, Table } from "./tables.ts";

/** A table as files have it: groups that are those of the table at the index `over` are left out. */
export interface ShortTable extends Table {
  readonly over?: number;
}

/** Writes less: each table over the one before it, among those written in full, with which it shares most. */
export function shorten(tables: readonly Table[]): ShortTable[] {
  const full: number[] = [];
  return tables.map((table, index) => {
    const best = full
      .filter((candidate) => covers(table, (tables[candidate] as Table).offsets))
      .map((over) => ({ over, offsets: ownGroups(table.offsets, (tables[over] as Table).offsets) }))
      .sort((a, b) => Object.keys(a.offsets).length - Object.keys(b.offsets).length)[0];
    if (best !== undefined && Object.keys(best.offsets).length <= Object.keys(table.offsets).length / 2) return { ...table, ...best };
    full.push(index);
    return table;
  });
}

/** The tables with all their groups. */
export function expand(tables: readonly ShortTable[]): Table[] {
  return tables.map(({ over, ...table }) => {
    if (over === undefined) return table;
    return { ...table, offsets: { ...tables[over]?.offsets, ...table.offsets } };
  });
}

/** Whether a table has every group that another has, so that none of those would wrongly be taken over. */
function covers(table: Table, base: Offsets): boolean {
  return Object.keys(base).every((name) => name in table.offsets);
}

function ownGroups(offsets: Offsets, base: Offsets): Offsets {
  return Object.fromEntries(Object.entries(offsets).filter(([name, group]) => !isSame(group, base[name])));
}

function isSame(group: Readonly<Record<string, number>>, other: Readonly<Record<string, number>> | undefined): boolean {
  if (other === undefined || Object.keys(group).length !== Object.keys(other).length) return false;
  return Object.entries(group).every(([member, value]) => other[member] === value);
}
