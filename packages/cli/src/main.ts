#!/usr/bin/env node
import "./snapshot-signal.ts";
import { run } from "./run.ts";

await run(process.argv.slice(2));
