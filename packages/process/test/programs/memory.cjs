// Maps eight pages, fills them so that every byte tells its place, and says where they are. The fourth is unmapped, and so
// is the one after them.
const koffi = require("koffi");
const libc = koffi.load(null);
const mmap = libc.func("mmap", "uint64_t", ["uint64_t", "uint64_t", "int", "int", "int", "int64_t"]);
const munmap = libc.func("munmap", "int", ["uint64_t", "uint64_t"]);
const length = 8 * 4096;
const address = mmap(0, length + 4096, 3, 0x22, -1, 0);
const bytes = new Uint8Array(koffi.view(BigInt(address), length));
for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >> 8) * 7) & 0xff;
for (const page of [3, 8]) {
  if (munmap(Number(address) + page * 4096, 4096) !== 0) throw new Error("munmap failed");
}
console.log(JSON.stringify({ address: Number(address) }));
process.stdin.resume().on("end", () => process.exit());
