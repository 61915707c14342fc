// The same query in a small archive and in a large one.
import { parseArgs } from 'node:util'
import { openStage, type Stage } from './archive-stage.ts'
import { median, ms } from './figures.ts'

const option = (standard: string) => ({ type: 'string', default: standard }) as const

type Query = { query: string; variables?: (stage: Stage) => Promise<Record<string, unknown>> }

/**
 * Opens two archives as the command line says (--small, --large, --kept, --rounds, --plans), and drops them after the work.
 * @param work is given what prints a query's cost in both: medians of rounds that take turns, so that what else runs on the
 * machine slows both; the median of the rounds' ratios; statements; and rows and blocks by EXPLAIN (ANALYZE, BUFFERS)
 */
export async function sideBySide(work: (compare: (name: string, query: Query) => Promise<void>) => Promise<void>): Promise<void> {
  const { values } = parseArgs({
    options: { small: option('10000'), large: option('1000000'), rounds: option('30'), plans: { type: 'boolean' }, kept: { type: 'string' } },
  })
  const server = process.env['BENCH_DATABASE_URL']
  if (!server) throw new Error('BENCH_DATABASE_URL names no PostgreSQL server')
  const kept = values.kept?.split(',') ?? []
  const stages: Stage[] = []
  try {
    for (const [i, size] of [values.small, values.large].entries()) stages.push(await openStage(server, { articles: Number(size) }, kept[i]))
    await work(async (name, { query, variables = async () => ({}) }) => {
      const given: Record<string, unknown>[] = []
      for (const stage of stages) given.push(await variables(stage))
      const times = stages.map(() => [] as number[])
      const warming = 5
      for (let round = -warming; round < Number(values.rounds); round++) {
        for (const [i, stage] of stages.entries()) {
          const took = await stage.timed(query, given[i]!)
          if (round >= 0) times[i]!.push(took)
        }
      }
      const costs = []
      for (const [i, stage] of stages.entries()) costs.push(await stage.cost(query, given[i]!))
      const ratio = median(times[0]!.map((time, i) => times[1]![i]! / time))
      const [small, large] = costs
      console.log(
        `${name}: ${times.map((each) => ms(median(each))).join(' and ')}, ${ratio.toFixed(2)} times; ${small!.statements} and ${large!.statements} statements, ` +
          `${small!.rows} and ${large!.rows} rows, ${small!.blocks} and ${large!.blocks} blocks`,
      )
      if (values.plans) for (const plan of large!.plans) console.log(JSON.stringify(plan, null, 1))
    })
  } finally {
    for (const stage of stages) await stage.close()
  }
}
