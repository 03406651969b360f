/** Checks every public package as it would be published. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkPackage } from "./check-package.ts";
import { packPackages } from "./pack-packages.ts";

const folder = mkdtempSync(join(tmpdir(), "pyspy-pack-"));
try {
  for (const packed of packPackages(folder)) {
    for (const message of await checkPackage(packed)) {
      console.error(message);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
