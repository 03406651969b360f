import type { Layout } from "@pyspy/layouts";

/** `group.member: a -> b` for every offset that `to` has and `from` has otherwise or not at all. */
export function differences(from: Layout, to: Layout): string[] {
  const [before, after] = [flatten(from), flatten(to)];
  return [...after].filter(([name, value]) => before.get(name) !== value).map(([name, value]) => `${name}: ${before.get(name)} -> ${value}`).sort();
}

/** Every offset of a layout by `group.member`. */
export function flatten(layout: Layout): Map<string, number> {
  const { version: _version, traits: _traits, assumed: _assumed, ...rest } = layout;
  const groups = Object.entries(rest).filter((entry): entry is [string, Record<string, number>] => typeof entry[1] === "object");
  return new Map(groups.flatMap(([group, members]) => Object.entries(members).map(([member, value]) => [`${group}.${member}`, value] as const)));
}
