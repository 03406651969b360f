/*
 * How samples are coded. A block holds codes one after the other, and nothing before its start is needed to read it. A code
 * is either a byte from RUN on: as many samples as it is above RUN, and one more, each as predicted; or one sample: a head
 * byte, which says in what it differs from the prediction, and the parts that differ in the order of the bits. Predicted is
 *
 *   thread   the one that came after the thread of the sample before, when that was last seen; at first thread 0
 *   time     that of the sample before; at first 0
 *   stack    the thread's last; at first 0
 *   flags    the thread's last; at first 0
 *   weight   that of the sample before; at first 0
 *   CPU time 0
 *
 * so that a tick at which many threads did not move takes a few bytes. RESET in place of a head brings "at first" back: what
 * follows may come from another block.
 *
 * Numbers are in LEB128: 7 bits a byte, low ones first, the high bit where more follow. Time is the difference to the sample
 * before and, as CPU time, in units of 100 ns: a tick at 1 kHz fits two bytes. Flags are one byte. A whole weight up to 2^24
 * is coded as one more; 0 goes before any other, which is a little-endian float of 32 bits.
 */

export const THREAD = 1;
export const LATER = 2;
export const EARLIER = 4;
export const STACK = 8;
export const FLAGS = 16;
export const WEIGHT = 32;
export const CPU_TIME = 64;
export const RUN = 128;
export const RESET: number = LATER | EARLIER;

export const LONGEST_RUN = 128;
/** Of a sample's code, in bytes; and a RESET. */
export const LONGEST_CODE = 64;

export const UNITS_PER_SECOND = 1e7;
export const MAX_WHOLE_WEIGHT: number = 2 ** 24;
export const MAX_WEIGHT: number = 2 ** 100;
/** In seconds. Up to 28 years, 2^53 units, times are exact; beyond, as exact as a double. */
export const MAX_TIME = 1e20;

/** Nearest whole number of units. */
export function toUnits(seconds: number): number {
  return Math.round(seconds * UNITS_PER_SECOND);
}

/** Writes a whole number from 0 on at `at`; returns where it ends. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value < 0x4000) {
    bytes[at] = (value & 0x7f) | 0x80;
    bytes[at + 1] = value >> 7;
    return at + 2;
  }
  return writeLongNumber(bytes, at, value);
}

function writeLongNumber(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let high = value;
  while (high > 0x7fff_ffff) {
    bytes[end++] = (high % 0x80) | 0x80;
    high = Math.floor(high / 0x80);
  }
  let low = high | 0;
  while (low > 0x7f) {
    bytes[end++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  bytes[end++] = low;
  return end;
}

const float = new Float32Array(1);
const floatBytes = new Uint8Array(float.buffer);
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export function writeFloat(bytes: Uint8Array, at: number, value: number): number {
  float[0] = value;
  for (let index = 0; index < 4; index++) bytes[at + index] = floatBytes[isLittleEndian ? index : 3 - index]!;
  return at + 4;
}

export function readFloat(bytes: Uint8Array, at: number): number {
  for (let index = 0; index < 4; index++) floatBytes[isLittleEndian ? index : 3 - index] = bytes[at + index]!;
  return float[0]!;
}
