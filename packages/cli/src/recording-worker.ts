/** The sampler starts its recording thread from the file of this name beside the bundle that it is part of. */
import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode();
// Only what is loaded from here on is kept.
void import("./recording-thread.ts");
