// npx tsx test/chaos/run.ts [--seed N] [--seconds 60] [--kills N] [--subscribers 50] [--database postgresql://…]
//
// Whether a subscriber sees exactly its articles, in order, once: while servers are killed (SIGKILL) and come back, writers repeat
// what was not answered, and subscribers over WebSocket, server-sent events and `follow` come, go, and change servers. With
// --database two servers share a database that is made there; without, there is one server on the embedded database.
// The seed repeats every choice, but not how they meet in time. Ends with 0, or with 1 and who missed, repeated or misordered what.
import { parseArgs } from 'node:util'
import { onStage, planOf, stageOptions, whole } from './stage.ts'
import { tell, wreak } from './wreak.ts'

const { values } = parseArgs({ options: { ...stageOptions, subscribers: { type: 'string', default: '50' } } })

const embedded = values.database === undefined
const plan = {
  ...planOf(values),
  subscribers: whole('subscribers', values.subscribers, 1),
  writers: embedded ? 2 : 4,
  paceMs: embedded ? 800 : 400,
}
console.log(`seed ${plan.seed}: ${embedded ? 'the embedded database, 1 server' : 'PostgreSQL, 2 servers'}, ${JSON.stringify(plan)}`)

const well = 'Each subscriber saw exactly its articles, in order, once.'
process.exitCode = (await onStage(values.database, async (servers, place) => tell(await wreak(servers, place, plan), well))) ? 0 : 1
