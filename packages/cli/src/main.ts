#!/usr/bin/env node
import "./snapshot-signal.ts";
import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode();
// Only what is loaded from here on is kept.
void import("./run.ts").then(({ run }) => run(process.argv.slice(2)));
