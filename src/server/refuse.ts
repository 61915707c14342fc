import type { ServerResponse } from 'node:http'
import type { ErrorCode } from '../errors.ts'

/** Answers with an error as GraphQL writes one. */
export function refuse(res: ServerResponse, status: number, code: ErrorCode, message: string): void {
  if (!res.req.complete) res.setHeader('connection', 'close') // what is left of the body is not worth reading
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ errors: [{ message, extensions: { code } }] }))
}
