import { normalQuantile, studentQuantile } from "./quantile.ts";

/**
 * How many spans a recording is cut into. Within each, what was seen is compared with what was done in just that span,
 * so chance in the program cancels out; between them the differences are independent enough for Student's t whatever
 * the correlation of one sample with the next, which lie far closer than spans do.
 */
export const SPANS = 30;

/** Of a whole run: it fails by chance once in so many. */
const CONFIDENCE = 0.999;

export interface Bounds {
  /** Of one side of one comparison. */
  readonly tail: number;
}

/** Bounds for that many comparisons which together hold with {@link CONFIDENCE} (Bonferroni). */
export function boundsFor(comparisons: number): Bounds {
  return { tail: (1 - CONFIDENCE) / comparisons / 2 };
}

/** Samples cut into {@link SPANS}: of each, the weight in all, and the weight of those meant. */
export interface Spans {
  readonly all: Float64Array;
  readonly meant: Float64Array;
  /** Independent samples of equal weight that tell as much as all together. */
  readonly effective: number;
}

export function cutIntoSpans(times: Float64Array, weights: Float64Array, start: number, end: number, isMeant: (index: number) => boolean): Spans {
  const all = new Float64Array(SPANS);
  const meant = new Float64Array(SPANS);
  let first = 0;
  let second = 0;
  for (let index = 0; index < times.length; index++) {
    const weight = weights[index] as number;
    const span = Math.floor((((times[index] as number) - start) / (end - start)) * SPANS);
    if (span < 0 || span >= SPANS) continue;
    all[span] = (all[span] as number) + weight;
    if (isMeant(index)) meant[span] = (meant[span] as number) + weight;
    first += weight;
    second += weight * weight;
  }
  return { all, meant, effective: second === 0 ? 0 : (first * first) / second };
}

export interface Share {
  readonly share: number;
  /** One standard error. */
  readonly error: number;
  readonly degrees: number;
}

/** The difference between the share seen and the one that is known of each span, over all. */
export function differenceTo(known: Float64Array, spans: Spans): Share {
  const weight = sumOf(spans.all);
  const differences = known.map((share, span) => {
    const all = spans.all[span] as number;
    // Weighed as the spans are, so that the mean is the difference of the totals
    return weight === 0 ? 0 : (((spans.meant[span] as number) - share * all) * SPANS) / weight;
  });
  const share = sumOf(differences) / SPANS;
  return { share, error: standardError(differences, share), degrees: SPANS - 1 };
}

/** The share itself. */
export function shareOf(spans: Spans): Share {
  const share = total(spans.meant, spans.all);
  const { error, degrees } = differenceTo(new Float64Array(SPANS).fill(share), spans);
  return { share, error, degrees };
}

function total(meant: Float64Array, all: Float64Array): number {
  const weight = sumOf(all);
  return weight === 0 ? 0 : sumOf(meant) / weight;
}

/**
 * How far the seen share may be from the true one by chance: by what the spans differ among themselves, and no less than
 * by what independent samples would, since few spans can agree by chance.
 */
export function samplingBound({ tail }: Bounds, { error, degrees }: Share, share: number, effective: number): number {
  const byTheory = effective === 0 ? 1 : Math.sqrt(Math.max(share * (1 - share), 1 / effective) / effective);
  return Math.max(studentQuantile(tail, degrees) * error, normalQuantile(tail) * byTheory);
}

function standardError(values: Float64Array, mean: number): number {
  const squares = sumOf(values.map((value) => (value - mean) ** 2));
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
