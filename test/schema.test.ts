// The graph as it is published: the printed file is the code's, everything is described, and the contract's names are there.
import { readFile } from 'node:fs/promises'
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../src/schema.ts'

const types: GraphQLNamedType[] = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))

it('is what schema.graphql holds (else: npm run generate)', async () => {
  expect(await readFile(new URL('../schema.graphql', import.meta.url), 'utf8')).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`)
})

it('describes every type, field, argument, input field and enum value', () => {
  const bare: string[] = []
  const look = (name: string, { description }: { description?: string | null | undefined }) => {
    if (!description?.trim()) bare.push(name)
  }
  for (const type of types) {
    look(type.name, type)
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field)
      if ('args' in field) for (const arg of field.args) look(`${type.name}.${field.name}(${arg.name})`, arg)
    }
  }
  expect(bare).toEqual([])
})

/** What ../shared/design/schema.graphql promises and this server has so far. More may be there; this must be. */
const contract = `
Query
  node(id: ID!): Node
  article(id: ID!): Article
  articleByUrl(url: URL!): Article
  articles(first: Int, after: String, last: Int, before: String, filter: ArticleFilter, orderBy: ArticleOrder! = PUBLISHED_DESC): ArticleConnection!
  search(query: String!, first: Int, after: String, filter: ArticleFilter): SearchConnection!
  category(id: ID!): Category
  categories: [Category!]!
  feed(id: ID!): Feed
  feeds(first: Int, after: String, last: Int, before: String, filter: FeedFilter): FeedConnection!
  previewFeed(url: URL!): FeedPreview!
  discoverFeeds(url: URL!): [DiscoveredFeed!]!
  exportOpml: String!
  feedPresets: [FeedPreset!]!
  statistics(filter: ArticleFilter): Statistics!
  streamCursor: String!
Mutation
  ingestArticles(input: IngestArticlesInput!): IngestArticlesPayload!
  importArticles(input: ImportArticlesInput!): IngestArticlesPayload!
  deleteArticle(id: ID!): DeleteArticlePayload!
  recordRead(input: RecordReadInput!): RecordReadPayload!
  recordReads(input: RecordReadsInput!): RecordReadsPayload!
  addCategory(input: AddCategoryInput!): CategoryPayload!
  updateCategory(input: UpdateCategoryInput!): CategoryPayload!
  removeCategory(id: ID!, moveTo: ID): RemovedPayload!
  addFeed(input: AddFeedInput!): FeedPayload!
  updateFeed(input: UpdateFeedInput!): FeedPayload!
  removeFeed(id: ID!): RemovedPayload!
  refreshFeed(id: ID!): RefreshFeedPayload!
  importOpml(opml: String!): ImportOpmlPayload!
Subscription
  articleIngested(after: String, filter: ArticleFilter): ArticleEvent!
  articleChanged(after: String, filter: ArticleFilter): ArticleChange!
  articleRead(articleIds: [ID!]): Article!
  statisticsChanged(filter: ArticleFilter): Statistics!
Article
  id: ID!
  categoryId: ID!
  category: Category!
  url: URL!
  title: String!
  byline: String
  imageUrl: URL
  language: String
  content: String!
  paragraphs: [String!]!
  contentHtml: String!
  textSource: TextSource!
  summary: String
  sourceSummary: String
  tags: [String!]!
  enclosures: [Enclosure!]!
  publishedAt: DateTime!
  createdAt: DateTime!
  updatedAt: DateTime!
  lastReadAt: DateTime
  wordCount: Int!
  readingTimeMinutes: Int!
  readCount: Int!
  similar(first: Int! = 5): [SimilarArticle!]!
  sightings(first: Int! = 20): [Sighting!]!
  revisions(first: Int! = 20): [Revision!]!
SimilarArticle
  article: Article!
  score: Float!
  terms: [String!]!
Revision
  title: String!
  content: String!
  replacedAt: DateTime!
Enclosure
  url: URL!
  mediaType: String
  byteLength: Float
Sighting
  feed: Feed
  url: URL!
  guid: String
  seenAt: DateTime!
Category
  id: ID!
  name: String!
  description: String
  retention: Retention
  articles(first: Int, after: String, last: Int, before: String, orderBy: ArticleOrder! = PUBLISHED_DESC): ArticleConnection!
  statistics: Statistics!
  feeds(first: Int, after: String, last: Int, before: String): FeedConnection!
Retention
  maxAgeDays: Int
  maxArticles: Int
Feed
  id: ID!
  url: URL!
  siteUrl: URL
  title: String!
  category: Category!
  format: FeedFormat
  enabled: Boolean!
  health: FeedHealth!
  articles(first: Int, after: String, last: Int, before: String): ArticleConnection!
FeedHealth
  state: FeedState!
  lastCheckedAt: DateTime
  lastChangedAt: DateTime
  nextCheckAt: DateTime
  consecutiveFailures: Int!
  lastError: String
  httpStatus: Int
  push: FeedPush
  recentFetches(first: Int! = 10): [FeedFetch!]!
FeedPush
  hub: URL!
  state: FeedPushState!
  leaseUntil: DateTime
  lastPushAt: DateTime
  lastError: String
FeedFetch
  startedAt: DateTime!
  durationMs: Int!
  httpStatus: Int
  outcome: FetchOutcome!
  ingested: Int!
  updated: Int!
  duplicates: Int!
  rejected: [RejectedDraft!]!
  repaired: [String!]!
  error: String
FeedPreview
  title: String!
  format: FeedFormat!
  articles: [ArticleDraft!]!
  rejected: [RejectedDraft!]!
  repaired: [String!]!
ArticleDraft
  url: URL!
  title: String!
  content: String!
  guid: String
  publishedAt: DateTime!
  wordCount: Int!
FeedPreset
  id: ID!
  title: String!
  url: URL!
  mapping: JsonMapping!
RejectedDraft
  title: String
  url: String
  reason: String!
DiscoveredFeed
  url: URL!
  title: String
  format: FeedFormat
SearchConnection
  edges: [SearchEdge!]!
  nodes: [Article!]!
  pageInfo: PageInfo!
SearchEdge
  cursor: String!
  node: Article!
  score: Float!
  highlight: String!
Statistics
  articleCount: Int!
  wordCount: Float!
  readCount: Float!
  averageWordCount: Float!
  lastIngestedAt: DateTime
  lastReadAt: DateTime
  byCategory: [CategoryStatistics!]!
  overTime(interval: Interval! = DAY, from: DateTime, to: DateTime, timeZone: String! = "UTC"): [StatisticsBucket!]!
  mostRead(first: Int! = 10, period: Period! = ALL): [RankedArticle!]!
  trending(first: Int! = 10): [RankedArticle!]!
CategoryStatistics
  category: Category!
  articleCount: Int!
  wordCount: Float!
  readCount: Float!
  lastIngestedAt: DateTime
StatisticsBucket
  start: DateTime!
  articleCount: Int!
  wordCount: Float!
  readCount: Float!
RankedArticle
  article: Article!
  score: Float!
ArticleEvent
  cursor: String!
  article: Article!
ArticleChange
  cursor: String!
  kind: ArticleChangeKind!
  articleId: ID!
  article: Article
ArticleConnection
  edges: [ArticleEdge!]!
  nodes: [Article!]!
  pageInfo: PageInfo!
  totalCount: Int!
ArticleEdge
  cursor: String!
  node: Article!
FeedConnection
  edges: [FeedEdge!]!
  nodes: [Feed!]!
  pageInfo: PageInfo!
  totalCount: Int!
FeedEdge
  cursor: String!
  node: Feed!
PageInfo
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
ArticleFilter
  categoryIds: [ID!]
  feedIds: [ID!]
  languages: [String!]
  publishedFrom: DateTime
  publishedBefore: DateTime
  minWordCount: Int
  maxWordCount: Int
  text: String
FeedFilter
  categoryIds: [ID!]
  states: [FeedState!]
IngestArticlesInput
  articles: [ArticleInput!]!
ArticleInput
  url: String!
  title: String!
  content: String!
  contentFormat: ContentFormat! = TEXT
  categoryId: ID!
  publishedAt: String
  byline: String
  imageUrl: String
  language: String
  summary: String
  tags: [String!]
  guid: String
ImportArticlesInput
  articles: [ArchivedArticleInput!]!
ArchivedArticleInput
  id: ID!
  url: String!
  title: String!
  content: String!
  contentFormat: ContentFormat! = TEXT
  categoryId: ID!
  publishedAt: String!
  createdAt: String
  updatedAt: String
  lastReadAt: String
  readCount: Int
  byline: String
  imageUrl: String
  language: String
  summary: String
  tags: [String!]
  guid: String
IngestArticlesPayload
  results: [IngestResult!]!
IngestResult
  status: IngestStatus!
  article: Article
  cursor: String
  error: DraftError
DraftError
  code: DraftErrorCode!
  message: String!
  field: String
RecordReadInput
  articleId: ID!
  idempotencyKey: String
RecordReadPayload
  article: Article!
  counted: Boolean!
RecordReadsInput
  reads: [RecordReadInput!]!
RecordReadsPayload
  results: [RecordReadResult!]!
RecordReadResult
  articleId: ID!
  counted: Boolean!
  errorCode: String
DeleteArticlePayload
  id: ID!
  cursor: String!
AddCategoryInput
  id: ID!
  name: String!
  description: String
  retention: RetentionInput
UpdateCategoryInput
  id: ID!
  name: String
  description: String
  retention: RetentionInput
RetentionInput
  maxAgeDays: Int
  maxArticles: Int
CategoryPayload
  category: Category!
AddFeedInput
  url: URL!
  categoryId: ID!
  title: String
  headers: [HeaderInput!]
HeaderInput
  name: String!
  value: String!
UpdateFeedInput
  id: ID!
  title: String
  categoryId: ID
  enabled: Boolean
  headers: [HeaderInput!]
FeedPayload
  feed: Feed!
RemovedPayload
  id: ID!
RefreshFeedPayload
  feed: Feed!
  fetch: FeedFetch!
ImportOpmlPayload
  added: [Feed!]!
  existing: [Feed!]!
  rejected: [RejectedDraft!]!
`

const enums: Record<string, string> = {
  TextSource: 'FEED API',
  FeedFormat: 'RSS ATOM RDF JSON_FEED',
  FeedState: 'NEW HEALTHY FAILING GONE DISABLED',
  FetchOutcome: 'CHANGED NOT_MODIFIED FAILED',
  ArticleChangeKind: 'UPDATED REMOVED',
  ArticleOrder: 'PUBLISHED_DESC PUBLISHED_ASC CREATED_DESC CREATED_ASC READ_COUNT_DESC LAST_READ_DESC',
  ContentFormat: 'TEXT HTML',
  IngestStatus: 'INGESTED UPDATED DUPLICATE REJECTED',
  DraftErrorCode: 'INVALID_URL INVALID_DATE INVALID_ID EMPTY TOO_LONG UNKNOWN_CATEGORY DELETED CONFLICT',
  Interval: 'HOUR DAY WEEK MONTH',
}

describe('the contract', () => {
  const value = (given: unknown) => (typeof given === 'string' && !/^[A-Z_]+$/.test(given) ? JSON.stringify(given) : given === 'UTC' ? '"UTC"' : String(given))
  const input = ({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField) =>
    `${name}: ${String(type)}${defaultValue === undefined ? '' : ` = ${value(defaultValue)}`}`
  const blocks = contract.trim().split(/\n(?=\S)/)

  it.each(blocks.map((block) => block.split('\n') as [string, ...string[]]))('has %s as it is promised', (name, ...promised) => {
    const type = schema.getType(name)
    expect(type, name).toBeDefined()
    const fields = isInputObjectType(type) ? Object.values(type.getFields()).map(input) : []
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const promise = promised.find((line) => new RegExp(`^ +${field.name}[(:]`).test(line)) ?? ''
        // An argument that the contract does not have must be one that can be left out.
        const args = field.args.filter((arg) => promise.includes(`${arg.name}:`))
        for (const arg of field.args) if (!args.includes(arg)) expect(String(arg.type), `${name}.${field.name}(${arg.name})`).not.toMatch(/!$/)
        args.sort((a, b) => promise.indexOf(`${a.name}:`) - promise.indexOf(`${b.name}:`))
        fields.push(`${field.name}${args.length > 0 ? `(${args.map(input).join(', ')})` : ''}: ${String(field.type)}`)
      }
    }
    const wanted = promised.map((line) => line.trim()).toSorted()
    const names = new Set(wanted.map((line) => /^\w+/.exec(line)![0]))
    expect(fields.filter((line) => names.has(/^\w+/.exec(line)![0])).toSorted()).toEqual(wanted)
  })

  it.each(Object.entries(enums))('has every value of %s', (name, promised) => {
    const type = schema.getType(name)
    expect(isEnumType(type) ? type.getValues().map((each) => each.name) : undefined).toEqual(expect.arrayContaining(promised.split(' ')))
  })

  it('makes nodes of what has an id', () => {
    const nodes = ['Article', 'Category', 'Feed']
    for (const name of nodes) expect(String((schema.getType(name) as { getInterfaces?: () => unknown[] }).getInterfaces?.())).toBe('Node')
  })

  it('holds nothing that does not lead anywhere: every type is in use', () => {
    const used = new Set(['Query', 'Mutation', 'Subscription', 'Node'])
    for (const type of types) {
      if (!isObjectType(type) && !isInputObjectType(type) && !isInterfaceType(type)) continue
      for (const field of Object.values(type.getFields())) {
        used.add(String(getNamedType(field.type)))
        if ('args' in field) for (const arg of field.args) used.add(String(getNamedType(arg.type)))
      }
    }
    expect(Object.keys(schema.getTypeMap()).filter((name) => !used.has(name) && !name.startsWith('__') && name !== 'Boolean')).toEqual([])
  })
})
