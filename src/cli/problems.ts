/** 0 done; 1 the server refused, or rejected some of the entries; 2 wrong usage; 3 the server, or the database, could not be reached. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const

/** What ends a command: one line on standard error, and the code the process ends with. */
export class Problem extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export const wrongUsage = (message: string) => new Problem(exitCodes.usage, message)
export const unreachable = (message: string) => new Problem(exitCodes.unreachable, message)

export type ServerError = { code: string; message: string; field: string | undefined }

/** The server answered, and refused; with every error that it told. */
export class Refused extends Problem {
  readonly errors: readonly ServerError[]

  constructor(errors: readonly ServerError[]) {
    super(exitCodes.refused, errors.slice(0, 1).map(describe).join())
    this.errors = errors
  }
}

/** CODE field: message */
export function describe({ code, field, message }: { code: string; message: string; field?: string | null | undefined }): string {
  return `${code}${field ? ` ${field}` : ''}: ${message}`
}
