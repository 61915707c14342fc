import DataLoader from 'dataloader'
import type pg from 'pg'

/** Which of the articles have a text (articles/filter-text.ts) now. */
export type TextJudge = (tsquery: string, articleIds: readonly string[]) => Promise<ReadonlySet<string>>

type Question = { tsquery: string; articleIds: readonly string[] }

/** Questions of one statement. */
const most = 100

/**
 * Judges texts for the subscriptions of a process: what is asked in the same turn, of whatever text, is one statement for each hundred
 * texts. Nothing is kept, since articles change.
 */
export function createTextJudge(pool: pg.Pool): TextJudge {
  const judge = async (questions: readonly Question[]): Promise<Set<string>[]> => {
    const asked = questions.map(({ tsquery, articleIds }, n) => ({ n, query: tsquery, ids: articleIds }))
    const { rows } = await pool.query<[number, string]>({
      name: 'articles that have texts',
      // OFFSET keeps it a look-up of the few articles of each question.
      text: `SELECT k.n, h.article_id FROM json_to_recordset($1::json) AS k(n int, query tsquery, ids uuid[])
        CROSS JOIN LATERAL (SELECT l.article_id, l.lexemes FROM article_lexemes l WHERE l.article_id = ANY(k.ids) OFFSET 0) h WHERE h.lexemes @@ k.query`,
      values: [JSON.stringify(asked)],
      rowMode: 'array',
    })
    const having = questions.map(() => new Set<string>())
    for (const [n, id] of rows) having[n]!.add(id)
    return having
  }
  const loader = new DataLoader<Question, Set<string>>(judge, { cache: false, maxBatchSize: most })
  return (tsquery, articleIds) => loader.load({ tsquery, articleIds: [...new Set(articleIds)] })
}
