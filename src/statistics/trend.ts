import { Prisma } from '../db/generated/client.ts'

/** A read counts half after this time. */
const halfLifeSeconds = 12 * 3600

/**
 * What trends: an article's reads, each weighted 2^(-age / 12 h). Kept as forward decay (Cormode, Shkapenyuk, Srivastava and
 * Xu, "Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009): each read weighs g = e^(λ·(t - L)) by
 * its time t after a fixed landmark L, which no later moment changes, and only who asks divides by the weight of now. The sum of g is
 * kept as its natural logarithm, since g itself outgrows a float within weeks; so the order never moves with time alone, and an index serves it.
 */
const decay = Prisma.sql`${Math.LN2 / halfLifeSeconds}::float8`
const landmark = Prisma.sql`extract(epoch FROM timestamptz '2026-01-01 00:00:00+00')::float8`

/** An exponent below this makes PostgreSQL complain of an underflow. */
const least = Prisma.sql`-700::float8`

/** The logarithm of the weight of a moment: of a read then. */
export const weightSql = (moment: Prisma.Sql) => Prisma.sql`(${decay} * (extract(epoch FROM ${moment})::float8 - ${landmark}))`

/** The trend of two trends together. */
export const addTrends = (a: Prisma.Sql, b: Prisma.Sql) => Prisma.sql`(greatest(${a}, ${b}) + ln(1 + exp(greatest(-abs(${a} - ${b}), ${least}))))`

/** The trend of rows of a group, each with its own logarithm and the group's greatest one. */
export const sumTrends = (each: Prisma.Sql, greatest: Prisma.Sql) => Prisma.sql`(max(${greatest}) + ln(sum(exp(greatest(${each} - ${greatest}, ${least})))))`

/** Decayed reads at a moment, of a trend. */
export const scoreSql = (trend: Prisma.Sql, now: Date) =>
  Prisma.sql`exp(greatest(least(${trend} - ${weightSql(Prisma.sql`${now}::timestamptz`)}, 700), ${least}))`
