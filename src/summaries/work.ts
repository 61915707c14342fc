import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import { tellOfChanges } from '../enrichment/enrich.ts'
import { startPoller } from '../feeds/poller.ts'
import type { Wake } from '../stream/wake.ts'
import { askModel, ModelFailed, type Model } from './model.ts'
import { claimTask, countTasks, endTask, putOffTask, releaseTask, spend, spentOn, tidyTasks, type SummaryTask } from './queue.ts'

export type SummaryWork = {
  start: () => void
  /** Articles that wait, and requests of the day (UTC): of all servers. */
  backlog: () => Promise<number>
  spent: () => Promise<number>
  /** Asks nothing more, breaks off what is asked, and waits for what is being stored. */
  close: () => Promise<void>
}

/** Requests at the same time. */
const concurrency = 2
const tidyEveryMs = 3_600_000

type Deps = { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date }

/**
 * Has a language model make summaries of the articles that enriching asks for, each of which has one of its own sentences until then.
 * @param budget requests a day (UTC), of all servers on the database
 */
export function createSummaryWork(deps: Deps, model: Model, budget: number): SummaryWork {
  const { prisma, logger, clock } = deps
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const running = new Set<Promise<void>>()
  let stopPoller: (() => Promise<void>) | undefined
  let tidying: NodeJS.Timeout | undefined

  const claim = async (limit: number) => {
    const left = Math.min(limit, budget - (await spentOn(prisma, clock())))
    const claimed: SummaryTask[] = []
    while (claimed.length < left) {
      const task = await claimTask(prisma, clock())
      if (!task) break
      claimed.push(task)
    }
    return claimed
  }
  const work = (task: SummaryTask): Promise<void> => {
    const ended = makeSummary(deps, model, budget, task, stopping.signal)
      .catch((error: unknown) => settleFailed(deps, task, error, stopping.signal))
      .finally(() => running.delete(ended))
    running.add(ended)
    return ended
  }
  return {
    start: () => {
      stopPoller ??= startPoller(logger, { what: 'summaries', concurrency, claim }, work)
      tidying ??= setInterval(() => void tidyTasks(prisma, clock()).catch((error: unknown) => logger.warn({ err: error }, 'could not tidy up')), tidyEveryMs)
    },
    backlog: () => countTasks(prisma),
    spent: () => spentOn(prisma, clock()),
    close: async () => {
      clearInterval(tidying)
      await stopPoller?.()
      stopping.abort()
      await Promise.allSettled(running)
    },
  }
}

async function makeSummary({ prisma, wake, clock }: Deps, model: Model, budget: number, task: SummaryTask, signal: AbortSignal): Promise<void> {
  const article = await prisma.article.findUnique({ where: { id: task.articleId }, select: { title: true, content: true } })
  if (!article) return
  if (!(await spend(prisma, budget, clock()))) return releaseTask(prisma, task)
  const text = await askModel(model, article, signal)
  const told = await prisma.$transaction(async (tx) => {
    // As all who change what an article says: its row first.
    await tx.$executeRaw`SELECT FROM article WHERE id = ${task.articleId}::uuid FOR NO KEY UPDATE`
    // One that was asked for anew meanwhile is of another text.
    if (!(await endTask(tx, task))) return 0
    const changed = await tx.$executeRaw`
      UPDATE article_summary s SET text = ${text} FROM article a
      WHERE s.article_id = ${task.articleId}::uuid AND a.id = s.article_id AND s.text <> ${text} AND NOT (a.text_source = 'API' AND a.summary IS NOT NULL)`
    return changed > 0 ? tellOfChanges(tx, [task.articleId], clock()) : 0
  })
  if (told > 0) wake.hint()
}

async function settleFailed({ prisma, logger, clock }: Deps, task: SummaryTask, error: unknown, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return releaseTask(prisma, task)
  if (!(error instanceof ModelFailed)) {
    await putOffTask(prisma, task, clock())
    throw error
  }
  logger.warn({ articleId: task.articleId, reason: error.message }, 'the language model made no summary')
  if (error.isFinal) await endTask(prisma, task)
  else await putOffTask(prisma, task, clock())
}
