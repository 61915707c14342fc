// What a query reads of a database: its statements, run again with EXPLAIN.
import pg from 'pg'

export type Statement = { text: string; values: unknown[] }
/** Rows that scans looked at, those that they left out too; and 8 KiB blocks, wherever they came from. */
export type Cost = { statements: number; rows: number; blocks: number; plans: Plan[] }
export type Plan = { 'Node Type': string; Plans?: Plan[]; [detail: string]: unknown }

/** Listens to what a pool is asked outside of transactions. @returns hands over what was heard since the last call */
export function listen(pool: pg.Pool): () => Statement[] {
  let heard: Statement[] = []
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  pool.query = ((...args: [unknown, unknown[]?]) => {
    const [asked, values = []] = args
    heard.push(typeof asked === 'string' ? { text: asked, values } : { values: [], ...(asked as { text: string; values?: unknown[] }) })
    return query(...args)
  }) as typeof pool.query
  return () => {
    const all = heard
    heard = []
    return all
  }
}

/** Runs statements again, and adds up what they read, by the plans of a connection that has been asked the same before: those may be generic ones. */
export async function explain(pool: pg.Pool, statements: Statement[]): Promise<Cost> {
  const client = await pool.connect()
  const plans: Plan[] = []
  try {
    for (const { text, values } of statements) {
      await client.query(`PREPARE explained AS ${text}`)
      const execute = `EXECUTE explained${values.length > 0 ? `(${values.map(literal).join()})` : ''}`
      for (let i = 0; i < customPlans; i++) await client.query(execute)
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${execute}`)
      plans.push(rows[0]!['QUERY PLAN'][0]!.Plan)
      await client.query('DEALLOCATE explained')
    }
  } finally {
    client.release()
  }
  const sum = (numbers: number[]) => Math.round(numbers.reduce((x, y) => x + y, 0))
  const blocks = plans.map((plan) => number(plan, 'Shared Hit Blocks') + number(plan, 'Shared Read Blocks'))
  return { statements: statements.length, rows: sum(plans.map(scanned)), blocks: sum(blocks), plans }
}

/** As many times PostgreSQL plans a prepared statement for its values; then it may keep a plan for any. */
const customPlans = 5

const literal = (value: unknown): string => (value === null ? 'NULL' : pg.escapeLiteral(Array.isArray(value) ? `{${value.map(element).join()}}` : spelt(value)))
const element = (value: unknown) => (value === null ? 'NULL' : JSON.stringify(spelt(value)))
const spelt = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

const number = (plan: Plan, name: string) => (plan[name] as number | undefined) ?? 0

function scanned(plan: Plan): number {
  const below = (plan.Plans ?? []).map(scanned).reduce((a, b) => a + b, 0)
  if (plan['Relation Name'] === undefined || plan['Node Type'] === 'ModifyTable') return below
  const each = number(plan, 'Actual Rows') + number(plan, 'Rows Removed by Filter') + number(plan, 'Rows Removed by Index Recheck')
  return below + each * number(plan, 'Actual Loops')
}
