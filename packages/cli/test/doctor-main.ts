import { adviceOn } from "../src/doctor/advice-on.ts";
import { doctor } from "../src/doctor/doctor.ts";

// `doctor [PID]`, or `advice CODE PID`: what the command line does with them, without the rest of it.
const [command, first, second] = process.argv.slice(2);
if (command === "doctor") doctor(first === undefined ? {} : { pid: Number(first) });
else console.log(adviceOn(String(first), "", Number(second)));
