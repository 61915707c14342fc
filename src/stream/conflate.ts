/** Values that change, and that are told of no more than so often: what changes in between is told once, as it is then. */
export type Topic<T> = {
  /** @returns stops it */
  follow: (onChange: (values: readonly T[]) => void) => () => void
}

/**
 * Tells at once of what changes first, and from then on at most once in `everyMs`; the last change is always told.
 * @param upstream begins to push what changes, when the first one follows. @returns stops that, when the last one has left
 */
export function conflate<T>(everyMs: number, upstream: (push: (values: Iterable<T>) => void) => () => void): Topic<T> {
  const followers = new Set<(values: readonly T[]) => void>()
  const pending = new Set<T>()
  let timer: NodeJS.Timeout | undefined
  let stop: (() => void) | undefined

  const flush = () => {
    timer = undefined
    if (pending.size === 0) return
    const values = [...pending]
    pending.clear()
    timer = setTimeout(flush, everyMs)
    for (const onChange of followers) onChange(values)
  }
  const push = (values: Iterable<T>) => {
    for (const value of values) pending.add(value)
    timer ??= setTimeout(flush, 0) // what changes in the same moment is told together
  }

  return {
    follow: (onChange) => {
      followers.add(onChange)
      stop ??= upstream(push)
      return () => {
        followers.delete(onChange)
        if (followers.size > 0) return
        stop?.()
        stop = undefined
        pending.clear()
        clearTimeout(timer)
        timer = undefined
      }
    },
  }
}
