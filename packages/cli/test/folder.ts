import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder that is removed on disposal. */
export class Folder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "pyspy-cli-test-"));

  join(name: string): string {
    return join(this.path, name);
  }

  names(): readonly string[] {
    return readdirSync(this.path).toSorted();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
