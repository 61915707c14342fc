// npx tsx test/chaos/reads.ts [--seed N] [--seconds 60] [--kills N] [--readers 16] [--database postgresql://…]
//
// Whether each read is counted once, while servers are killed (SIGKILL) and come back: readers send keys, some over both servers at
// once, and repeat what was not answered, or leave it; some articles are removed meanwhile. With --database two servers share a
// database that is made there; without, there is one server on the embedded database. The seed repeats every choice, but not how
// they meet in time. Ends with 0, or with 1 and what was counted twice, lost or judged wrongly, or where the statistics differ.
import { parseArgs } from 'node:util'
import { judge, readAll } from './reading.ts'
import { onStage, planOf, stageOptions, whole } from './stage.ts'
import { tell } from './wreak.ts'

const { values } = parseArgs({ options: { ...stageOptions, readers: { type: 'string', default: '16' } } })

const embedded = values.database === undefined
const plan = {
  ...planOf(values),
  readers: whole('readers', values.readers, 1),
}
console.log(`seed ${plan.seed}: ${embedded ? 'the embedded database, 1 server' : 'PostgreSQL, 2 servers'}, ${JSON.stringify(plan)}`)

const well = 'Each read was counted once, and none that was acknowledged is lost.'
const right = await onStage(values.database, async (servers, place) => {
  const read = await readAll(servers, plan)
  for (const server of servers) {
    await server.ready() // a stop before that would not be a clean one
    await server.stop()
  }
  const { figures, faults } = await place.read((pool) => judge(pool, read))
  return tell({ figures, faults: [...servers.flatMap((server) => server.faults), ...faults] }, well)
})
process.exitCode = right ? 0 : 1
