import type { GraphQLError } from 'graphql'

/** One result of a subscription, made once for everybody who wants the same. */
export type Delivery = {
  /** Its position on the stream, where the subscription has one. */
  cursor: string | undefined
  /** The GraphQL result, as JSON. */
  payload: Buffer
}

/** Where the results of one subscription go: an operation on a socket, or an event stream. */
export type Sink = {
  /** Queues results, in order. Those who want the same are given the same array. */
  deliver: (deliveries: readonly Delivery[]) => void
  /** Bytes that the client has not taken yet. */
  waiting: () => number
  /** Calls back once, when the client has taken all. @returns calls it off */
  onDrain: (drained: () => void) => () => void
  /** Ends the subscription with an error, after what is queued. */
  fail: (error: GraphQLError) => void
}
