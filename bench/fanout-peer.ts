// The peer: graphql-ws and Yoga's createPubSub, as their documentation puts them together. Every subscriber has an iterator of
// its own, and every event is executed for each of them, with the article and its category read from PostgreSQL.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionArgs } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import pg from 'pg'
import { WebSocketServer } from 'ws'
import { answer } from './calls.ts'

export type PeerCalls = typeof handlers
type Event = { cursor: string; articleId: string }
type Article = { id: string; title: string; url: string; category_id: string }

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const pubSub = createPubSub<{ articleIngested: [Event] }>()
const one = async <Row extends pg.QueryResultRow>(name: string, text: string, id: string) => (await pool.query<Row>({ name, text, values: [id] })).rows[0]

const schema = createSchema({
  typeDefs: /* GraphQL */ `
    type Query {
      ready: Boolean
    }
    type Category {
      id: ID!
      name: String!
    }
    type Article {
      id: ID!
      title: String!
      url: String!
      category: Category!
    }
    type ArticleEvent {
      cursor: String!
      article: Article!
    }
    type Subscription {
      articleIngested(after: String): ArticleEvent!
    }
  `,
  resolvers: {
    Subscription: { articleIngested: { subscribe: () => pubSub.subscribe('articleIngested'), resolve: (event: Event) => event } },
    ArticleEvent: { article: ({ articleId }: Event) => one('article', 'SELECT id, title, url, category_id FROM article WHERE id = $1', articleId) },
    Article: { category: ({ category_id }: Article) => one('category', 'SELECT id, name FROM category WHERE id = $1', category_id) },
  },
})
const yoga = createYoga({ schema, logging: 'warn' })
// oxlint-disable-next-line typescript/no-misused-promises -- as Yoga's documentation has it
const server = createServer(yoga)
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint })
type Enveloped = ExecutionArgs & { rootValue: { execute: (args: ExecutionArgs) => never; subscribe: (args: ExecutionArgs) => never } }
useServer(
  {
    execute: (args) => (args as Enveloped).rootValue.execute(args),
    subscribe: (args) => (args as Enveloped).rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema: its, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({ ...ctx, req: ctx.extra.request, params })
      const args = {
        schema: its,
        operationName: params.operationName ?? null,
        document: parse(params.query),
        variableValues: params.variables ?? null,
        contextValue: (await contextFactory()) as unknown,
        rootValue: { execute, subscribe },
      }
      const errors = validate(args.schema, args.document)
      return errors.length > 0 ? errors : (args as never)
    },
  },
  sockets,
)
server.listen(0, '127.0.0.1')
const listening = once(server, 'listening')

const handlers = {
  url: async (): Promise<string> => {
    await listening
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}${yoga.graphqlEndpoint}`
  },
  /** Publishes that articles were ingested; at most 1,000 at once, since a subscriber's queue holds 1,024. */
  publish: (events: Event[]): void => {
    for (const event of events) pubSub.publish('articleIngested', event)
  },
}
answer(handlers)
