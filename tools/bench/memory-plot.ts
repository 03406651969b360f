export type Series = readonly { readonly time: number; readonly mebibytes: number }[];

const WIDTH = 72;
const HEIGHT = 14;

/** A column for each equal span of time, with the most of it; then what there was at first, at last, and at most. */
export function plotText(series: Series): string {
  const most = Math.max(...series.map(({ mebibytes }) => mebibytes));
  const end = series.at(-1)?.time ?? 0;
  const columns = Array.from({ length: Math.min(WIDTH, series.length) }, () => 0);
  series.forEach(({ mebibytes }, index) => {
    const column = Math.floor((index / series.length) * columns.length);
    columns[column] = Math.max(columns[column] ?? 0, mebibytes);
  });
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const above = (most * (HEIGHT - row - 0.5)) / HEIGHT;
    const label = `${((most * (HEIGHT - row)) / HEIGHT).toFixed(0)} MiB`.padStart(9);
    return `${label} |${columns.map((value) => (value >= above ? "#" : " ")).join("").trimEnd()}`;
  });
  const axis = `${" ".repeat(10)}+${"-".repeat(columns.length)}`;
  const times = `${" ".repeat(11)}0${`${end.toFixed(0)} s`.padStart(columns.length - 1)}`;
  return [...rows, axis, times, "", summary(series, most)].join("\n");
}

/** After the first third, when code is compiled and tables have their size, all growth is by time. */
function summary(series: Series, most: number): string {
  const later = series.slice(Math.floor(series.length / 3));
  const slope = slopeOf(later);
  const first = series[0]?.mebibytes ?? 0;
  const last = series.at(-1)?.mebibytes ?? 0;
  return `First ${first.toFixed(1)} MiB, last ${last.toFixed(1)}, at most ${most.toFixed(1)}; in the last two thirds ${(slope * 60).toFixed(2)} MiB a minute.`;
}

/** MiB a second, by least squares. */
export function slopeOf(series: Series): number {
  const mean = (of: (point: Series[number]) => number): number => series.reduce((sum, point) => sum + of(point), 0) / series.length;
  const time = mean((point) => point.time);
  const mebibytes = mean((point) => point.mebibytes);
  const both = series.reduce((sum, point) => sum + (point.time - time) * (point.mebibytes - mebibytes), 0);
  const squares = series.reduce((sum, point) => sum + (point.time - time) ** 2, 0);
  return squares === 0 ? 0 : both / squares;
}

/** A line over time, from zero. */
export function plotSvg(series: Series, title: string): string {
  const [width, height, left, top] = [800, 300, 60, 40];
  const end = series.at(-1)?.time ?? 1;
  const most = Math.max(...series.map(({ mebibytes }) => mebibytes)) * 1.1;
  const x = (time: number): string => (left + (time / end) * (width - left - 20)).toFixed(1);
  const y = (value: number): string => (height - 30 - (value / most) * (height - 30 - top)).toFixed(1);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * most);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="20">${title.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>
${marks.map((value) => `<path d="M${left} ${y(value)}H${width - 20}" stroke="#ccc"/><text x="${left - 6}" y="${y(value)}" text-anchor="end" dy="4">${value.toFixed(0)} MiB</text>`).join("\n")}
<text x="${left}" y="${height - 8}">0</text><text x="${width - 20}" y="${height - 8}" text-anchor="end">${end.toFixed(0)} s</text>
<polyline fill="none" stroke="#06c" stroke-width="1.5" points="${series.map(({ time, mebibytes }) => `${x(time)},${y(mebibytes)}`).join(" ")}"/>
</svg>
`;
}
