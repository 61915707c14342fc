import type { App } from './app.ts'

/** What a client is told of an operation that is refused: the code and field of its first error. */
export async function refused(app: Pick<App, 'ask'>, query: string, variables: Record<string, unknown> = {}): Promise<{ code: string; field?: string }> {
  const { data, errors } = await app.ask(query, variables)
  if (!errors) throw new Error(`was not refused: ${JSON.stringify(data).slice(0, 200)}`)
  const { code, field } = errors[0]!.extensions
  return { code, ...(field !== undefined && { field }) }
}

/** Texts that PostgreSQL takes in no column, and ids that are none. */
export const strangeTexts = [
  '',
  ' ',
  'nul\0nul',
  '\ud800',
  '\udfff',
  '%',
  '../..',
  "'; --",
  'x'.repeat(5000),
  '99999999999999999999',
  '00000000-0000-0000-0000-000000000000',
]
