import { checkGroup, valueOf } from "./check-debug-offsets.ts";
import { schemaOf } from "./debug-offsets-schema.ts";
import type { SchemaGroup } from "./debug-offsets-schema.ts";
import { readDebugOffsets } from "./debug-offsets.ts";
import type { DebugOffsets } from "./debug-offsets.ts";
import { LayoutError } from "./layout-error.ts";
import { layoutFor, newestLayout } from "./layout-for.ts";
import type { Layout } from "./layout.ts";

type Told = readonly [group: string, member: string, offset: number];

/**
 * The layout that a running Python 3.13 or later (or its file) tells of itself, over a table for what it does not tell.
 *
 * A version later than every table is read as the newest known one: what makes sense is used, from the first group
 * on that does not, `table`'s numbers are kept and `assumed` names them.
 *
 * @param debugOffsets The bytes at the start of `_PyRuntime` (section `.PyRuntime`, `__DATA,PyRuntime`, `PyRuntim`);
 *   more than needed is fine, see `DEBUG_OFFSETS_MAX_SIZE`. Little-endian.
 * @param table What to merge over; default: linux-x64's table of the version they tell, or the newest.
 * @throws LayoutError naming the field, the value and what was expected, when they cannot be true
 */
export function selfDescribedLayout(debugOffsets: Uint8Array, table?: Layout): Layout {
  const offsets = readDebugOffsets(debugOffsets);
  const base = table ?? defaultTable(offsets);
  checkTable(base, offsets);
  const schema = schemaOf(offsets.minor);
  const believed = offsets.known ? checkAll(schema, offsets, base) : leadingGroups(schema, offsets, base);
  const rest = schema.slice(believed.length);
  const layout = merge(base, toldBy(believed, offsets, base));
  const { assumed: _assumed, ...described } = layout;
  return {
    ...described,
    version: { major: offsets.major, minor: offsets.minor },
    source: "self-described",
    ...(rest.length === 0 ? {} : { assumed: layoutGroups(rest) }),
  };
}

function defaultTable({ major, minor, freeThreaded }: DebugOffsets): Layout {
  const target = "linux-x64";
  const table = layoutFor({ major, minor }, { target, freeThreaded }) ?? newestLayout({ target, freeThreaded });
  if (table === undefined) throw new LayoutError("version", `${major}.${minor}`, "a version with a table");
  return table;
}

function checkTable(table: Layout, { known, major, minor, freeThreaded }: DebugOffsets): void {
  if (table.freeThreaded !== freeThreaded) {
    throw new LayoutError("free_threaded", Number(freeThreaded), `${Number(table.freeThreaded)}, as in the table`);
  }
  const same = table.version.major === major && table.version.minor === minor;
  if (known && !same) throw new LayoutError("version", `${major}.${minor}`, `${table.version.major}.${table.version.minor}, as in the table`);
}

function checkAll(schema: readonly SchemaGroup[], offsets: DebugOffsets, { pointerSize }: Layout): readonly SchemaGroup[] {
  for (const group of schema) checkGroup(group, offsets, pointerSize);
  return schema;
}

/**
 * The groups before the first sign that fields were inserted. The struct does not tell its length, but a field too many
 * in one group makes the next one start with an offset instead of a size; so the last group before that is not believed
 * either, nor those without a size in between.
 */
function leadingGroups(schema: readonly SchemaGroup[], offsets: DebugOffsets, table: Layout): readonly SchemaGroup[] {
  for (const [index, group] of schema.entries()) {
    const problem = problemOf(group, offsets, table);
    if (problem === undefined) continue;
    const last = schema.slice(0, index).findLastIndex(hasSize);
    if (last <= 0) throw problem;
    return schema.slice(0, last);
  }
  return schema;
}

function hasSize(group: SchemaGroup): boolean {
  return group.fields.some(({ kind }) => kind === "size");
}

function problemOf(group: SchemaGroup, offsets: DebugOffsets, table: Layout): LayoutError | undefined {
  try {
    checkGroup(group, offsets, table.pointerSize);
    checkSizeAgainst(table, group, offsets);
    return undefined;
  } catch (error) {
    if (error instanceof LayoutError) return error;
    throw error;
  }
}

/** Structs grow from one version to the next, but none has ever doubled. */
function checkSizeAgainst(table: Layout, group: SchemaGroup, offsets: DebugOffsets): void {
  const field = group.fields.find(({ kind, to }) => kind === "size" && to !== undefined);
  const before = field?.to === undefined ? undefined : groupsOf(table)[field.to[0]]?.[field.to[1]];
  if (field === undefined || before === undefined) return;
  const size = valueOf(offsets, field.name);
  if (size < before / 2 || size > before * 2) throw new LayoutError(field.name, size, `about ${before}, as in the table`);
}

function toldBy(groups: readonly SchemaGroup[], offsets: DebugOffsets, table: Layout): Told[] {
  const direct = groups.flatMap((group) => group.fields).flatMap((field): Told[] => {
    if (field.to === undefined || (field.freeThreaded && !offsets.freeThreaded)) return [];
    return [[...field.to, valueOf(offsets, field.name)]];
  });
  const names = new Set(groups.map(({ name }) => name));
  return [
    ...direct,
    ...(names.has("interpreter_state") ? gilTold(offsets, table) : []),
    ...(names.has("interpreter_state") && names.has("gc") ? collectorTold(offsets) : []),
  ];
}

/**
 * Two of the GIL's offsets count from the interpreter, of which the first GIL is a part; `enabled` from the GIL. The
 * count of switches is not told: it stays as far behind `locked` as in the table.
 */
function gilTold(offsets: DebugOffsets, { gilRuntimeState }: Layout): Told[] {
  const gil = valueOf(offsets, "interpreter_state.gil_runtime_state");
  const locked = valueOf(offsets, "interpreter_state.gil_runtime_state_locked") - gil;
  const told: Told[] = [
    ["gilRuntimeState", "lastHolder", valueOf(offsets, "interpreter_state.gil_runtime_state_holder") - gil],
    ["gilRuntimeState", "locked", locked],
  ];
  if (gilRuntimeState?.switchNumber !== undefined) {
    told.push(["gilRuntimeState", "switchNumber", locked + gilRuntimeState.switchNumber - gilRuntimeState.locked]);
  }
  if (!offsets.freeThreaded) return told;
  return [...told, ["gilRuntimeState", "enabled", valueOf(offsets, "interpreter_state.gil_runtime_state_enabled")]];
}

function collectorTold(offsets: DebugOffsets): Told[] {
  return [["interpreterState", "gcCollecting", valueOf(offsets, "interpreter_state.gc") + valueOf(offsets, "gc.collecting")]];
}

function merge(table: Layout, told: readonly Told[]): Layout {
  const groups: Record<string, Record<string, number>> = {};
  for (const [group, member, offset] of told) {
    const members = (groups[group] ??= { ...groupsOf(table)[group] });
    members[member] = offset;
  }
  return { ...table, ...groups };
}

/** The layout's groups of offsets, by name. */
function groupsOf(layout: Layout): Readonly<Record<string, Readonly<Record<string, number>> | undefined>> {
  return layout as unknown as Readonly<Record<string, Readonly<Record<string, number>>>>;
}

function layoutGroups(schema: readonly SchemaGroup[]): readonly string[] {
  const names = schema.flatMap((group) => group.fields).flatMap(({ to }) => (to === undefined ? [] : [to[0]]));
  return [...new Set(names)];
}
