import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLError } from 'graphql'
import type { Context } from '../graphql/context.ts'
import { layOut } from './plan.ts'
import type { Shape } from './shape.ts'
import type { Delivery } from './sink.ts'

/** The root value of one execution. */
export type Root = {
  cursor?: string
  /** The article that it tells of. */
  articleId?: string
}

/** Makes the results for roots, in their order; undefined for one that is passed over. */
export type Execution = (roots: readonly Root[]) => Promise<(Delivery | undefined)[]>

/**
 * Executes a subscription for many roots at once: they have one context, and so one batch of each thing that is loaded; each call
 * has a context of its own, since what held for one event need not hold at the next.
 * @param present what a client sees of an error
 * @param gone asked when an execution failed: whether what it tells of has gone meanwhile, so that it is passed over
 * @param planned whether the selection may be laid out once for many roots: of a field whose resolver gives its root as it is
 */
export function createExecution(
  { schema, contextValue }: Pick<ExecutionArgs, 'schema' | 'contextValue'>,
  shape: Shape,
  { present, planned, gone }: { present: (error: unknown) => GraphQLError; planned: boolean; gone: (root: Root) => Promise<boolean> },
): Execution {
  const { document, variableValues } = shape
  const delivery = ({ cursor }: Root, { data, errors }: ExecutionResult): Delivery => ({
    cursor,
    payload: Buffer.from(JSON.stringify(errors ? { data, errors: errors.map(present) } : { data })),
  })
  const settle = async (root: Root, executed: Promise<ExecutionResult>): Promise<Delivery | undefined> => {
    const result = await executed
    return result.errors && (await gone(root)) ? undefined : delivery(root, result)
  }
  const plan = planned ? layOut(schema, shape) : undefined
  return async (roots) => {
    const articleIds = roots.flatMap(({ articleId }) => articleId ?? [])
    const context = { ...(contextValue as Context), articleIds }
    const run = (root: Root): Delivery | undefined | Promise<Delivery | undefined> => {
      const result = execute({ schema, document, variableValues, rootValue: root, contextValue: context })
      return 'then' in result || result.errors ? settle(root, Promise.resolve(result)) : delivery(root, result)
    }
    const runEach = (each: readonly Root[]) => Promise.all(each.map(async (root) => run(root)))
    const [first, ...others] = roots
    if (!first || !plan) return runEach(roots)
    // What the first one loads for all need not be waited for by the others.
    const made = new Map([[first, await run(first)]])
    const left = others.filter((root) => {
      const data = plan(root, context)
      if (data) made.set(root, delivery(root, { data }))
      return !data
    })
    const rest = await runEach(left)
    left.forEach((root, i) => made.set(root, rest[i]))
    return roots.map((root) => made.get(root))
  }
}
