import fc from "fast-check";
import { expect, it } from "vitest";
import { formatVersion, versionFromFileName, versionFromHex, versionFromText } from "../src/python-version.ts";

it.each([
  [0x030b07f0, "3.11.7"],
  [0x03080000 + 0x12f0, "3.8.18"],
  [0x030f00b4, "3.15.0b4"],
  [0x030e00c1, "3.14.0rc1"],
  [0x030d00a6, "3.13.0a6"],
  [0x02071200 + 0xf0, "2.7.18"],
])("PY_VERSION_HEX 0x%s is %s", (hex, text) => {
  expect(formatVersion(versionFromHex(hex) ?? { major: 0, minor: 0, micro: 0, prerelease: "" })).toBe(text);
});

it.each([0, 1, 0xffffffff, 0x7f454c46, 0x030b0700, 0x04000000 + 0xf0, 0x010500f0])("PY_VERSION_HEX %i is none", (hex) => {
  expect(versionFromHex(hex)).toBeUndefined();
});

it.each([
  ["3.9.18 (main, Jan  1 2024, 00:00:00) \n[GCC 12]", "3.9.18"],
  ["\0\x003.15.0b4 (main", "3.15.0b4"],
  ["2.7.15+ (default, ", "2.7.15"],
  ["3.13.15 experimental free-threading build (main", "3.13.15"],
  ["1.2.3 (x) 3.8.1rc1 (default", "3.8.1rc1"],
])("%j tells %s", (text, version) => {
  const found = versionFromText(text);
  expect(found && formatVersion(found)).toBe(version);
});

it.each(["", "3.9", "3.9.18", "3.9.18(", "13.9.18 (", "1.3.9.18 (", "3.99.1 (", "4.0.0 (", "3.9.x (", "2.9.1 ("])("%j tells no version", (text) => {
  expect(versionFromText(text)).toBeUndefined();
});

it.each([
  ["/usr/lib/libpython3.11.so.1.0", "3.11"],
  ["/opt/python3.13t", "3.13"],
  ["python2.7", "2.7"],
])("%s is of %s", (path, version) => {
  const found = versionFromFileName(path);
  expect(found).toMatchObject({ micro: -1, prerelease: "?" });
  expect(found && formatVersion(found)).toBe(version);
});

it.each(["/usr/bin/python3", "/opt/python3.11/bin/uwsgi", "python4.1", "python3.99"])("%s names none", (path) => {
  expect(versionFromFileName(path)).toBeUndefined();
});

it("any number and any text: a plausible version, or none", () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.string(), (hex, text) => {
      for (const version of [versionFromHex(hex), versionFromText(text), versionFromFileName(`python${text}`)]) {
        if (version) expect(formatVersion(version)).toMatch(/^[23]\.\d{1,2}(\.\d{1,3}((a|b|rc)\d{1,2})?)?$/);
      }
    }),
  );
});
