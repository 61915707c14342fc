import { execute, type ExecutionArgs, type GraphQLError } from 'graphql'
import type { Shape } from './shape.ts'
import type { Delivery } from './sink.ts'

/** The root value of one execution. */
export type Root = {
  cursor?: string
  /** Asked when the execution failed: whether what it tells of has gone meanwhile, so that it is passed over. */
  gone?: () => Promise<boolean>
}

/** Makes the results for roots, in their order; undefined for one that is passed over. */
export type Execution = (roots: readonly Root[]) => Promise<(Delivery | undefined)[]>

/**
 * Executes a subscription for many roots at once: they have one context, and so one batch of each thing that is loaded; each call
 * has a context of its own, since what held for one event need not hold at the next.
 * @param present what a client sees of an error
 */
export function createExecution(
  { schema, contextValue }: Pick<ExecutionArgs, 'schema' | 'contextValue'>,
  { document, variableValues }: Shape,
  present: (error: unknown) => GraphQLError,
): Execution {
  return (roots) => {
    const context = { ...(contextValue as object) }
    const run = async (root: Root): Promise<Delivery | undefined> => {
      const { data, errors } = await execute({ schema, document, variableValues, rootValue: root, contextValue: context })
      if (errors && (await root.gone?.())) return undefined
      const payload = Buffer.from(JSON.stringify(errors ? { data, errors: errors.map(present) } : { data }))
      return { cursor: root.cursor, payload }
    }
    return Promise.all(roots.map(run))
  }
}
