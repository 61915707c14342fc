// How figures are told.

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length === 0 ? NaN : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

export const rate = (perSecond: number) => (perSecond >= 10_000 ? `${(perSecond / 1_000).toFixed(1)} k/s` : `${Math.round(perSecond)}/s`)
export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
export const mib = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MiB`

/** The median, and all rounds. */
export const rounds = (values: number[], show: (value: number) => string) => `${show(median(values))} (${values.map(show).join(', ')})`

/** The median of the ratios of rounds that followed each other. */
export const ratio = (ours: number[], theirs: number[]) =>
  rounds(
    ours.map((value, i) => value / theirs[i]!),
    (value) => value.toFixed(2),
  )
