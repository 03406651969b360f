import { mkdtempSync, openSync, closeSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formats, readRaw } from "@pyspy/formatters";

const profile = readRaw(`
<module> (app.py:9);work (app.py:4) 30
<module> (app.py:9);work (app.py:5);dumps (json/__init__.py:231) 12
`, { title: "python app.py", interval: 0.01 });

const folder = mkdtempSync(join(tmpdir(), "profile-"));
for (const { name, extension, write } of formats) {
  const path = join(folder, `profile.${extension}`);
  const file = openSync(path, "w");
  for (const chunk of write(profile, { lines: "function" })) writeSync(file, chunk);
  closeSync(file);
  console.log(name, path);
}
