// What a benchmark says: lines of JSON for programs on standard output, its progress on standard error.

const began = performance.now();

/** One number; beside it, when there is one, what a rival needed for the same. */
export function report(name, value, unit, rival, rivalValue) {
  const compared = rival && { rival, rivalValue: rounded(rivalValue), ratio: rounded(rivalValue / value) };
  console.log(JSON.stringify({ name, value: rounded(value), unit, ...compared }));
}

/** What is being done, with the time since the beginning. */
export function progress(what) {
  console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}

/** Seconds that `work` takes, and what it gives. */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The value below which a share of all lies. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function median(values) {
  return quantile(values, 0.5);
}

function rounded(value) {
  return Number(value.toPrecision(4));
}
