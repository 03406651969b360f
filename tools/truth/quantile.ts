/** z such that a standard normal value is above it with that probability. Newton's method on {@link normalTail}. */
export function normalQuantile(tail: number): number {
  return solve(tail, normalTail);
}

/** The same for Student's t with whole degrees of freedom. */
export function studentQuantile(tail: number, degrees: number): number {
  return solve(tail, (value) => studentTail(value, degrees));
}

/** Tails fall, so that halving finds the place. */
function solve(tail: number, tailAt: (value: number) => number): number {
  if (!(tail > 0 && tail <= 0.5)) throw new RangeError(`tail of ${tail}`);
  let low = 0;
  let high = 1;
  while (tailAt(high) > tail) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (tailAt(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Abramowitz and Stegun 26.2.17 is too coarse for small tails: the integral by Simpson's rule. */
function normalTail(value: number): number {
  return simpson((x) => Math.exp(-x * x / 2), value, value + 12) / Math.sqrt(2 * Math.PI);
}

/** With x = √ν tan θ the density becomes cos^(ν-1) θ, which has an end to integrate to. */
function studentTail(value: number, degrees: number): number {
  const density = (angle: number): number => Math.cos(angle) ** (degrees - 1);
  const whole = simpson(density, 0, Math.PI / 2);
  return simpson(density, Math.atan(value / Math.sqrt(degrees)), Math.PI / 2) / (2 * whole);
}

const STEPS = 2000;

function simpson(f: (x: number) => number, from: number, to: number): number {
  const step = (to - from) / STEPS;
  let sum = f(from) + f(to);
  for (let index = 1; index < STEPS; index++) sum += f(from + index * step) * (index % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
}
