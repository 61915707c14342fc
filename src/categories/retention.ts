import { badInput } from '../errors.ts'

const mostDays = 36_500
const mostArticles = 10_000_000

/** How long, and how many, articles a category keeps. What is left out stays as it is; null keeps all. */
export type RetentionFields = { maxAgeDays?: number | null | undefined; maxArticles?: number | null | undefined }

/** The columns that change. @param retention null takes both limits away @throws BAD_USER_INPUT */
export function retentionColumns(retention: RetentionFields | null): { keepDays?: number | null; keepCount?: number | null } {
  const { maxAgeDays, maxArticles } = retention ?? { maxAgeDays: null, maxArticles: null }
  return {
    ...(maxAgeDays !== undefined && { keepDays: within(maxAgeDays, mostDays, 'maxAgeDays') }),
    ...(maxArticles !== undefined && { keepCount: within(maxArticles, mostArticles, 'maxArticles') }),
  }
}

function within(value: number | null, most: number, name: string): number | null {
  if (value !== null && (value < 1 || value > most)) throw badInput(`${name} is from 1 to ${most}, or null for no limit.`, `input.retention.${name}`)
  return value
}
