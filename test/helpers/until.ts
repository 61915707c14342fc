/** Looks at a condition again and again until it holds: for what has no event to wait for. */
export async function until(holds: () => boolean, what = holds.toString()): Promise<void> {
  const end = Date.now() + 15_000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
