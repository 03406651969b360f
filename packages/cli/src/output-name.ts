/** A file in the current directory named after the program and the time, as in "python3-2026-11-22T21-02-26.svg". */
export function outputName(program: string, extension: string, now: Date = new Date()): string {
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`;
  return `${program}-${date}T${time}.${extension}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
