/** Gone for a reason that passes: worth coming back. */
export class ConnectionLost extends Error {
  /** What the server answered in place of a WebSocket, where the implementation says so (ws does, browsers do not). */
  readonly httpStatus: number | undefined

  constructor(message: string, httpStatus?: number) {
    super(message)
    this.httpStatus = httpStatus
  }
}

/** Refused for good: the same again would be refused again. */
export class FollowError extends Error {
  /** The extensions.code of the server's error, CLOSED_ and a close code of WebSocket, or HTTP_ and a status. */
  readonly code: string
  /** The offending argument, where the server names one. */
  readonly field: string | undefined

  constructor(code: string, message: string, field?: string) {
    super(message)
    this.code = code
    this.field = field
  }
}

/** The log no longer reaches back to the cursor. */
export class CursorExpired extends FollowError {
  /** The oldest cursor that still works. */
  readonly oldest: string

  constructor(message: string, field: string | undefined, oldest: string) {
    super('CURSOR_EXPIRED', message, field)
    this.oldest = oldest
  }
}

/** An error as GraphQL writes it. */
export type GraphQLProblem = { message: string; extensions?: { code?: unknown; field?: unknown; oldest?: unknown } }

/** Close codes after which the same again would fail again: wrong messages, wrong credentials, policy. */
const finalCloseCodes = new Set([1002, 1003, 1007, 1008, 1009, 1010, 4004, 4005, 4400, 4401, 4403, 4406, 4409, 4429])
/** Error codes that pass by themselves. */
const passingErrorCodes = new Set(['INTERNAL_SERVER_ERROR', 'RATE_LIMITED', 'SLOW_CONSUMER'])

/** What graphql-ws reports: the errors of the protocol's error message, a close event, an error event, or an Error. */
export function problem(error: unknown): Error {
  if (Array.isArray(error)) return refusal(error as GraphQLProblem[])
  const { code, reason, message, error: cause } = error as { code?: unknown; reason?: unknown; message?: string; error?: { code?: string } }
  if (typeof code === 'number') {
    if (code === 4499) return new ConnectionLost('the server does not answer')
    const text = `the connection was closed: ${code}${typeof reason === 'string' && reason !== '' ? ` ${reason}` : ''}`
    return finalCloseCodes.has(code) ? new FollowError(`CLOSED_${code}`, text) : new ConnectionLost(text)
  }
  const text = message || cause?.code || 'the connection failed'
  const status = /^Unexpected server response: (\d{3})$/.exec(text)
  return status ? new ConnectionLost(`the server answered with HTTP ${status[1]}`, Number(status[1])) : new ConnectionLost(text)
}

/** What the errors of a result, or of the protocol's error message, mean. */
export function refusal(errors: readonly GraphQLProblem[]): Error {
  const [first] = errors
  const message = first?.message ?? 'the server answered with neither data nor an error'
  const { code = 'INTERNAL_SERVER_ERROR', field, oldest } = first?.extensions ?? {}
  if (typeof code !== 'string' || passingErrorCodes.has(code)) return new ConnectionLost(message)
  const argument = typeof field === 'string' ? field : undefined
  if (code === 'CURSOR_EXPIRED' && typeof oldest === 'string') return new CursorExpired(message, argument, oldest)
  return new FollowError(code, message, argument)
}
