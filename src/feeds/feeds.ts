import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql, type Feed, type FullText } from '../db/generated/client.ts'
import { canonicalUrl } from '../articles/identity.ts'
import { badInput, ClientError, notFound } from '../errors.ts'
import { isSlug, isUuid } from '../graphql/ids.ts'
import type { JsonMapping } from './parse.ts'
import type { LeftHub } from './push-rows.ts'

export type Header = { name: string; value: string }
export type FeedFields = {
  title?: string | null
  categoryId?: string
  enabled?: boolean
  fullText?: FullText
  mapping?: JsonMapping | null
  headers?: Header[] | null
}

export const mostFeeds = 20_000
const mostHeaders = 20
/** What the fetcher and the protocol say themselves. */
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|accept-encoding|if-none-match|if-modified-since|proxy-.*)$/i

/**
 * Adds a feed, which is due at once. Credentials in its URL are kept as an authorization header, and never shown.
 * @throws BAD_USER_INPUT, NOT_FOUND for the category, CONFLICT when its URL is there in any spelling
 */
export async function addFeed(prisma: Prisma, { url, ...fields }: FeedFields & { url: string; categoryId: string }): Promise<Feed> {
  const address = addressOf(url)
  if (!isSlug(fields.categoryId)) throw notFound('category', 'input.categoryId')
  if ((await prisma.feed.count()) >= mostFeeds) throw new ClientError('CONFLICT', `There are ${mostFeeds} feeds, which is the most.`, 'input.url')
  const checked = checkedFields({ ...fields, headers: [...(fields.headers ?? []), ...address.headers] })
  try {
    return await prisma.feed.create({
      data: {
        ...checked,
        url: address.url,
        urlKey: address.key,
        title: checked.title ?? address.host,
        titleGiven: checked.title !== undefined,
        categoryId: fields.categoryId,
      },
    })
  } catch (error) {
    throw known(error)
  }
}

/** Where a feed is: its URL without credentials and fragment, what tells it from others, its host, and the header that its credentials make. */
export type FeedAddress = { url: string; key: string; host: string; headers: Header[] }

/** @param url an absolute http(s) URL; one without credentials makes no header */
export function addressOf(url: string): FeedAddress {
  const address = new URL(url)
  const headers: Header[] = []
  if (address.username || address.password) {
    const credentials = `${decoded(address.username)}:${decoded(address.password)}`
    headers.push({ name: 'authorization', value: `Basic ${Buffer.from(credentials).toString('base64')}` })
    address.username = address.password = ''
  }
  address.hash = ''
  return { url: address.href, key: canonicalUrl(address.href)!.key, host: address.host, headers }
}

/** A part of a URL without its percent-encoding, or as it is where that is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What is left out stays. @throws BAD_USER_INPUT, NOT_FOUND for the feed or the category */
export async function updateFeed(prisma: Prisma, id: string, fields: FeedFields): Promise<Feed> {
  if (!isUuid(id)) throw notFound('feed', 'input.id')
  if (fields.categoryId !== undefined && !isSlug(fields.categoryId)) throw notFound('category', 'input.categoryId')
  const checked = checkedFields(fields)
  // What is fetched or read differently must not be taken for the same again.
  const reread = 'mapping' in checked || 'headers' in checked ? { etag: null, lastModified: null, bodyHash: null } : {}
  // A feed that was gone (410) is tried again.
  if (fields.enabled) await prisma.feed.updateMany({ where: { id, nextCheckAt: null }, data: { nextCheckAt: new Date() } })
  try {
    const [feed] = await prisma.feed.updateManyAndReturn({
      where: { id },
      data: {
        ...checked,
        ...reread,
        ...(checked.title !== undefined && { titleGiven: true }),
        ...(fields.categoryId !== undefined && { categoryId: fields.categoryId }),
      },
    })
    if (!feed) throw notFound('feed', 'input.id')
    return feed
  } catch (error) {
    throw known(error)
  }
}

/** Its articles stay. @returns the hub that sent it (WebSub), if one did @throws NOT_FOUND */
export async function removeFeed(prisma: Prisma, id: string): Promise<LeftHub | null> {
  const push = isUuid(id) ? await prisma.feedPush.findUnique({ where: { feedId: id }, select: { token: true, hub: true, topic: true } }) : null
  const { count } = isUuid(id) ? await prisma.feed.deleteMany({ where: { id } }) : { count: 0 }
  if (count === 0) throw notFound('feed')
  return push
}

function checkedFields({ title, enabled, fullText, mapping, headers }: FeedFields) {
  return {
    ...(title != null && { title: checkedTitle(title) }),
    ...(enabled !== undefined && { enabled }),
    ...(fullText !== undefined && { fullText }),
    ...(mapping !== undefined && { mapping: mapping === null ? Sql.DbNull : checkedMapping(mapping) }),
    ...(headers != null && { headers: checkedHeaders(headers) }),
  }
}

function checkedTitle(title: string): string {
  const trimmed = title.replaceAll('\0', '').toWellFormed().trim()
  if (trimmed === '' || trimmed.length > 500) throw badInput('A title has 1 to 500 characters.', 'input.title')
  return trimmed
}

function checkedMapping(mapping: JsonMapping): JsonMapping {
  for (const [name, path] of Object.entries(mapping)) {
    if (path != null && (path.length > 200 || path.includes('\0') || !path.isWellFormed()))
      throw badInput('A path has at most 200 characters, and no NUL.', `input.mapping.${name}`)
  }
  return mapping
}

/** @throws BAD_USER_INPUT */
export function checkedHeaders(headers: Header[]): Header[] {
  if (headers.length > mostHeaders) throw badInput(`At most ${mostHeaders} headers.`, 'input.headers')
  for (const { name, value } of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name) || ownHeaders.test(name))
      throw badInput(`"${name.slice(0, 100)}" is no header that a feed may have.`, 'input.headers')
    if (!/^[\t\x20-\x7e\x80-\xff]{0,4000}$/.test(value)) throw badInput(`The value of ${name} is no header value of at most 4,000 characters.`, 'input.headers')
  }
  return headers
}

function known(error: unknown): unknown {
  if (!(error instanceof Sql.PrismaClientKnownRequestError)) return error
  if (error.code === 'P2002') return new ClientError('CONFLICT', 'This feed is there already.', 'input.url')
  if (error.code === 'P2003') return notFound('category', 'input.categoryId')
  return error
}
