import { debugOffsetsVersion, layoutFor, type Layout, selfDescribedLayout, type Target } from "@pyspy/layouts";
import type { Process } from "@pyspy/process";
import type { Attempt } from "./errors.ts";
import { versionClaims } from "./find-version.ts";
import type { Image } from "./image.ts";
import { layoutsIn, withVariables } from "./image-layouts.ts";
import { isUserAddress, type MemoryReader } from "./memory-reader.ts";
import { type PythonVersion, versionFromHex } from "./python-version.ts";

/** What is read of `_Py_DebugOffsets`: more than any version's has. */
const DEBUG_OFFSETS_READ = 4096;

/** What a runtime is, if its layout is right. */
export interface Description {
  readonly layout: Layout;
  readonly version: PythonVersion;
}

/** Which versions the interpreters in a process's files may be of. */
export class ImageVersions {
  /** The best that is known of the process's Python, if there is one. */
  best: PythonVersion | undefined;
  readonly #target: Target;
  readonly #reader: MemoryReader;
  readonly #asked: PythonVersion | undefined;
  readonly #attempts: Attempt[];
  readonly #claims = new Map<Image, readonly PythonVersion[]>();
  /** What a runtime in the image says of itself: no other version is tried then. */
  readonly #own = new Map<Image, PythonVersion>();

  /** `asked`: instead of what the process says. `attempts` grows by what is looked at in vain. */
  constructor(process: Process, reader: MemoryReader, asked: PythonVersion | undefined, attempts: Attempt[]) {
    this.#target = `${process.platform}-${process.architecture}`;
    this.#reader = reader;
    this.#asked = asked;
    this.#attempts = attempts;
    this.best = asked;
  }

  /** Most trusted first. */
  of(image: Image): readonly PythonVersion[] {
    const certain = this.#asked ?? this.#own.get(image);
    if (certain) return [certain];
    let claims = this.#claims.get(image);
    if (!claims) {
      claims = [...versionClaims(image, this.#reader, this.#attempts)];
      this.#claims.set(image, claims);
      this.best ??= claims[0];
    }
    return claims;
  }

  /** Those that the image may have; `undefined` alone when there is none. */
  layouts(image: Image): (Layout | undefined)[] {
    const layouts = this.of(image).flatMap((version) => layoutsIn(image, version, this.#target));
    return layouts.length > 0 ? layouts : [undefined];
  }

  /** From 3.13 on the runtime's own word on version and offsets wins, unless another version is asked for. */
  *describe(image: Image, runtime: number): Generator<Description> {
    const bytes = isUserAddress(runtime) ? this.#reader.prefix(runtime, DEBUG_OFFSETS_READ) : new Uint8Array(0);
    const own = debugOffsetsVersion(bytes);
    if (own && (!this.#asked || (own.major === this.#asked.major && own.minor === this.#asked.minor))) {
      const hex = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
      const version = versionFromHex(hex) ?? { ...own, prerelease: "?" };
      this.best = version;
      this.#own.set(image, version);
      yield { layout: selfDescribedLayout(bytes, layoutFor(own, { target: this.#target, freeThreaded: own.freeThreaded })), version };
      return;
    }
    for (const version of this.of(image)) {
      this.best ??= version;
      for (const layout of layoutsIn(image, version, this.#target)) {
        yield { layout: withVariables(layout, image, runtime), version };
      }
    }
  }

  isSupported({ major, minor }: PythonVersion): boolean {
    return layoutFor({ major, minor }, { target: this.#target }) !== undefined;
  }
}
