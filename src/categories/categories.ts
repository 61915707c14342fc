import type { Prisma } from '../db/connect.ts'
import type { Category } from '../db/generated/client.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import { badInput, ClientError, notFound } from '../errors.ts'
import { isSlug } from '../graphql/ids.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { retentionColumns, type RetentionFields } from './retention.ts'

export const mostCategories = 1000

type Fields = { id: string; name: string; description?: string | null; retention?: RetentionFields | null }

/** @throws BAD_USER_INPUT, CONFLICT when the id is taken or there are 1,000 */
export async function addCategory(prisma: Prisma, { id, name, description, retention }: Fields): Promise<Category> {
  if (!isSlug(id)) throw badInput('An id is 1 to 64 of a-z, 0-9, _ and -, begins with a letter or digit, and is not shaped like a UUID.', 'input.id')
  const row = { id, name: validName(name), description: validDescription(description), ...retentionColumns(retention ?? null) }
  if ((await prisma.category.count()) >= mostCategories)
    throw new ClientError('CONFLICT', `There are ${mostCategories} categories, which is the most.`, 'input.id')
  const [added] = await prisma.category.createManyAndReturn({ data: [row], skipDuplicates: true })
  if (!added) throw new ClientError('CONFLICT', `There is a category "${id}" already.`, 'input.id')
  return added
}

/** What is left out stays; a description, a retention or one of its limits that is null is taken away. @throws BAD_USER_INPUT, NOT_FOUND */
export async function updateCategory(prisma: Prisma, { id, name, description, retention }: Partial<Fields> & { id: string }): Promise<Category> {
  if (!isSlug(id)) throw notFound('category', 'input.id')
  const [updated] = await prisma.category.updateManyAndReturn({
    where: { id },
    data: {
      ...(name !== undefined && { name: validName(name) }),
      ...(description !== undefined && { description: validDescription(description) }),
      ...(retention !== undefined && retentionColumns(retention)),
    },
  })
  if (!updated) throw notFound('category', 'input.id')
  return updated
}

/** Articles that move in one transaction, each with its event. */
const moveBatch = 200

/**
 * Removes a category. What it holds goes to `moveTo` first, some articles a transaction, each move an edit on the stream: an
 * interrupted removal has moved some, and goes on where it was when it is asked for again.
 * @throws NOT_FOUND, CONFLICT while it holds articles or feeds and no moveTo is given
 */
export async function removeCategory(
  { prisma, wake, clock }: { prisma: Prisma; wake: Pick<Wake, 'hint'>; clock: () => Date },
  id: string,
  moveTo?: string,
): Promise<void> {
  if (!isSlug(id)) throw notFound('category')
  if (moveTo !== undefined && !isSlug(moveTo)) throw notFound('category', 'moveTo')
  if (moveTo === id) throw badInput('Its articles cannot move to the category itself.', 'moveTo')
  if (moveTo !== undefined) {
    if (!(await prisma.category.findUnique({ where: { id: moveTo } }))) throw notFound('category', 'moveTo')
    await prisma.feed.updateMany({ where: { categoryId: id }, data: { categoryId: moveTo } })
    while ((await moveArticles(prisma, id, moveTo, clock())) === moveBatch) wake.hint()
    wake.hint()
  }
  try {
    const { count } = await prisma.category.deleteMany({ where: { id } })
    if (count === 0) throw notFound('category')
  } catch (error) {
    if (!(error instanceof Sql.PrismaClientKnownRequestError) || error.code !== 'P2003') throw error
    throw new ClientError('CONFLICT', `The category "${id}" holds articles or feeds: name in moveTo where they go.`, moveTo === undefined ? 'moveTo' : 'id')
  }
}

async function moveArticles(prisma: Prisma, from: string, to: string, now: Date): Promise<number> {
  return prisma.$transaction(async (tx) => {
    const moved = await tx.$queryRaw<{ id: string; facts: ArticleFacts }[]>`
      WITH chosen AS (SELECT id FROM article WHERE category_id = ${from} ORDER BY id LIMIT ${moveBatch} FOR UPDATE)
      UPDATE article a SET category_id = ${to}, updated_at = ${now} FROM chosen WHERE a.id = chosen.id
      RETURNING a.id, ${factsSql(Sql.sql`SELECT s.feed_id FROM sighting s WHERE s.article_id = a.id`)} AS facts`
    const events = moved.map(({ id, facts }) => ({ kind: 'UPDATED' as const, articleId: id, facts, before: { ...facts, categoryId: from } }))
    if (events.length > 0) await appendEvents(tx, events, now)
    return events.length
  })
}

function validName(name: string): string {
  const trimmed = storable(name).trim()
  if (trimmed === '' || trimmed.length > 200) throw badInput('A name has 1 to 200 characters.', 'input.name')
  return trimmed
}

function validDescription(description: string | null | undefined): string | null {
  if (description != null && description.length > 2000) throw badInput('A description has at most 2,000 characters.', 'input.description')
  return description == null ? null : storable(description)
}

/** PostgreSQL takes no NUL, and UTF-8 no lone surrogate. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed()
