import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { errorCodes } from '../errors.ts'

const known = new Set<unknown>(errorCodes)

/**
 * What a client sees of an error: one of errors.ts, or of GraphQL itself, as it is and with a code; any other masked, and
 * logged under the id that the client is given.
 */
export function presentError(error: unknown, logger: Logger): GraphQLError {
  const root = rootOf(error)
  if (!(root instanceof GraphQLError)) {
    const id = randomUUID()
    logger.error({ err: root, errorId: id, path: error instanceof GraphQLError ? error.path : undefined }, 'unexpected error')
    return withExtensions(error, 'Internal server error.', { code: 'INTERNAL_SERVER_ERROR', id })
  }
  const shown = error instanceof GraphQLError ? error : root
  const extensions: Record<string, unknown> = { ...root.extensions }
  if (!known.has(extensions['code'])) extensions['code'] = 'BAD_USER_INPUT' // GraphQL's and Yoga's own: syntax, validation, a request that is none
  extensions['field'] ??= variableField(shown.message)
  if (extensions['field'] === undefined) delete extensions['field']
  return withExtensions(shown, shown.message, extensions)
}

/** GraphQL wraps what a resolver throws, sometimes more than once. */
function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof GraphQLError && root.originalError) root = root.originalError
  return root
}

function withExtensions(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const at =
    error instanceof GraphQLError
      ? { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null, path: error.path ?? null }
      : {}
  return new GraphQLError(message, { ...at, extensions })
}

/** Which part of a variable GraphQL refused: it says so in its message alone. */
function variableField(message: string): string | undefined {
  const named = /^Variable "\$(\w+)"/.exec(message)
  return named ? (/ at "([^"]+)"; /.exec(message)?.[1] ?? named[1]) : undefined
}
