import type { Prisma as Client } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import { badInput } from '../errors.ts'
import { parseQuery, tsqueryOf } from '../words/query.ts'

/** The text of a filter, as the database reads it. Equal ones ask the same. */
export type AskedText = {
  tsquery: string
  /** Something must be there; else it is asked alone for what must not be. */
  finds: boolean
}

const longest = 1_000
const mostWords = 32

/**
 * What a filter's text asks for; undefined where that is nothing, as in an empty field of a form.
 * @throws BAD_USER_INPUT for more than 1,000 characters or 32 words
 */
export function askedText(text: string): AskedText | undefined {
  if (text.length > longest) throw badInput(`At most ${longest} characters.`, 'filter.text')
  const query = parseQuery(text, mostWords + 1)
  const { words, phrases, without } = query
  if ([words, ...phrases, ...without].flat().length > mostWords) throw badInput(`At most ${mostWords} words.`, 'filter.text')
  const tsquery = tsqueryOf(query)
  return tsquery === undefined ? undefined : { tsquery, finds: words.length > 0 || phrases.length > 0 }
}

/**
 * How a statement comes to the articles that have a text: those of the index first, and then what else is asked of them; or each
 * article that it comes across is asked.
 */
export type TextWay = 'index' | 'each'

/**
 * A condition on the row `a` of article. The planner cannot know how many articles a prepared text takes, so both ways leave it no choice:
 * an array is looked up by its ids, and a subquery with an OFFSET stays one.
 */
export function textSql({ tsquery }: AskedText, way: TextWay): Prisma.Sql {
  return way === 'index'
    ? Prisma.sql`a.id = ANY(ARRAY(SELECT l.article_id FROM article_lexemes l WHERE l.lexemes @@ ${tsquery}::tsquery))`
    : Prisma.sql`EXISTS (SELECT FROM article_lexemes l WHERE l.article_id = a.id AND l.lexemes @@ ${tsquery}::tsquery OFFSET 0)`
}

/** Where all articles that a filter takes are read anyway. */
export const wayToAll = (text: AskedText | undefined): TextWay => (text?.finds ? 'index' : 'each')

/** As many articles as have a text are looked up and sorted for a page; where more have it, the page is found past the index. */
export const mostSorted = 10_000

/** The way to the first few articles of an order. One statement. */
export async function wayToFirst(prisma: Client, text: AskedText | undefined, few = mostSorted): Promise<TextWay> {
  if (!text?.finds) return 'each'
  const [row] = await prisma.$queryRaw<{ found: number }[]>`
    SELECT count(*)::int AS found FROM (SELECT FROM article_lexemes l WHERE l.lexemes @@ ${text.tsquery}::tsquery LIMIT ${few + 1}) f`
  return row!.found > few ? 'each' : 'index'
}
