import DataLoader from 'dataloader'
import type { Context } from './context.ts'

/** Answers for keys, in their order, in a fixed number of SQL statements. */
export type Batch<K, V> = (context: Context, keys: readonly K[]) => Promise<V[]>

const loaders = new WeakMap<Context, Map<unknown, DataLoader<unknown, unknown>>>()

/**
 * Loads through the operation's one loader of a batch function. The function is the loader's identity: it must be the same
 * each time, for the same arguments of a field too (see memoized).
 */
export function load<K, V>(context: Context, batch: Batch<K, V>, key: K): Promise<V> {
  let own = loaders.get(context)
  if (!own) loaders.set(context, (own = new Map()))
  let loader = own.get(batch) as DataLoader<K, V> | undefined
  if (!loader) {
    loader = new DataLoader<K, V>((keys) => batch(context, keys), { maxBatchSize: 1000 })
    own.set(batch, loader as DataLoader<unknown, unknown>)
  }
  return loader.load(key)
}

/** A batch function for each value of a field's argument, the same one each time. The argument's values must be few. */
export function memoized<A extends string | number, K, V>(make: (argument: A) => Batch<K, V>): (argument: A) => Batch<K, V> {
  const made = new Map<A, Batch<K, V>>()
  return (argument) => {
    let batch = made.get(argument)
    if (!batch) made.set(argument, (batch = make(argument)))
    return batch
  }
}
