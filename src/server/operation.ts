import { GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { presentError } from './present-error.ts'
import type { ServerContext, Yoga } from './yoga.ts'

/** What a client sends of an operation. */
export type Params = {
  query: string
  variables?: Record<string, unknown> | null | undefined
  operationName?: string | null | undefined
}

/** An operation that may run: as Yoga's plugins prepare it, for what Yoga does not transport. */
export type Prepared = { args: ExecutionArgs; execute: (args: ExecutionArgs) => Promise<ExecutionResult> }

/** @returns the errors of its syntax or its validation, where it has some */
export async function prepare(yoga: Yoga, { query, variables, operationName }: Params, context: ServerContext): Promise<Prepared | readonly GraphQLError[]> {
  try {
    const { schema, parse, validate, contextFactory, execute } = yoga.getEnveloped({ ...context, params: { query, variables, operationName } })
    const document = parse(query)
    const errors = validate(schema, document)
    if (errors.length > 0) return errors
    const args = {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? {},
      contextValue: await contextFactory(),
    }
    return { args, execute: async (run) => execute(run) as Promise<ExecutionResult> }
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })]
  }
}

/** A result with its errors as a client may see them. */
export const presentResult = ({ errors, ...rest }: ExecutionResult, logger: Logger): ExecutionResult =>
  errors ? { ...rest, errors: errors.map((error) => presentError(error, logger)) } : rest
