import { GraphQLError } from 'graphql'

/** Every code that a client sees. */
export const errorCodes = [
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'FORBIDDEN',
  'TOO_COMPLEX',
  'FEED_UNREACHABLE',
  'FEED_INVALID',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'SLOW_CONSUMER',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/**
 * An error that a client may know. Every other one is masked and logged with an id.
 * @param field the offending argument, where there is one
 * @param details what helps to go on, beside code and field
 */
export class ClientError extends GraphQLError {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, field?: string, details: Record<string, string> = {}) {
    super(message, { extensions: { code, ...(field === undefined ? {} : { field }), ...details } })
    this.code = code
  }
}

export const badInput = (message: string, field: string) => new ClientError('BAD_USER_INPUT', message, field)
export const notFound = (what: string, field = 'id') => new ClientError('NOT_FOUND', `There is no such ${what}.`, field)
export const cursorInvalid = (message: string, field: string) => new ClientError('CURSOR_INVALID', message, field)
export const cursorExpired = (oldest: string, field?: string) =>
  new ClientError('CURSOR_EXPIRED', 'What follows this cursor is no longer kept. The oldest that still works is in extensions.oldest.', field, { oldest })
export const slowConsumer = (cursor?: string) =>
  new ClientError(
    'SLOW_CONSUMER',
    'What was sent was not read in time. Subscribe again, after the last cursor.',
    undefined,
    cursor === undefined ? {} : { cursor },
  )
