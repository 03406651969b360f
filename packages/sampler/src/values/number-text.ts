/** `repr` of a float: the shortest digits that give it back, an exponent from 1e16 on and below 1e-4. */
export function floatText(value: number): string {
  const text = shortest(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `repr` of a complex: without the real part where that is 0, without ".0". */
export function complexText(real: number, imaginary: number): string {
  const part = shortest(imaginary);
  if (Object.is(real, 0)) return `${part}j`;
  return `(${shortest(real)}${part.startsWith("-") ? "" : "+"}${part}j)`;
}

/** The shortest decimal that is this number among those of 32 bits. */
export function asFloat32(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

/** IEEE 754 binary16. */
export function fromFloat16(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Format code "r" of CPython's `PyOS_double_to_string`. */
function shortest(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  // JavaScript writes numbers between 1e-6 and 1e21 without an exponent, with the same digits.
  if (exponent >= -4 && exponent < 16) return plain(mantissa, exponent);
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
}

function plain(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
