import { builder } from './builder.ts'

export const RemovedPayload = builder.objectRef<{ id: string }>('RemovedPayload').implement({
  description: 'What was removed.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id that it had.' }) }),
})
