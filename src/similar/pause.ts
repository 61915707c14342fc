import { setImmediate as turn } from 'node:timers/promises'

/** How long a computation keeps the thread from everybody else. */
const heldMs = 10

/** A pause between two pieces of a long computation: none until it has held the thread for some time, then one in which all others have their turn. */
export function pauses(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < heldMs) return
    await turn()
    since = performance.now()
  }
}
