import { spawnProcess } from "@pyspy/process";

// A pipe that Node has written to is non-blocking; the child must be able to fill it all the same.
process.stdout.write("before\n");
const child = spawnProcess(["sh", "-c", "printf '%01000000d' 0; cat; echo to stderr >&2"]);
const status = await child.wait();
process.exit("code" in status ? status.code : 1);
