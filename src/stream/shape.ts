import { getOperationAST, Kind, print, visit, type DocumentNode, type ExecutionArgs, type OperationDefinitionNode } from 'graphql'

/** What of a subscription decides over the results for an event, and nothing of what decides over which events. */
export type Shape = { key: string; document: DocumentNode; variableValues: Record<string, unknown> }

/** The fields whose arguments say which events, and from where on. */
const sources = new Set(['articleIngested', 'articleChanged', 'articleRead'])

type Stripped = { text: string; document: DocumentNode; variables: string[] }

/** Yoga keeps parsed documents: those who send the same text have the same one. */
const strippedOf = new WeakMap<DocumentNode, Map<string, Stripped>>()

/**
 * The operation without the arguments of its root field, and with the variables alone that are still used: subscribers that
 * differ in filter and cursor have it in common.
 */
export function shapeOf({ document, operationName, variableValues }: ExecutionArgs): Shape {
  let ofDocument = strippedOf.get(document)
  if (!ofDocument) strippedOf.set(document, (ofDocument = new Map()))
  const name = operationName ?? ''
  let stripped = ofDocument.get(name)
  if (!stripped) ofDocument.set(name, (stripped = strip(document, operationName)))
  const values = Object.fromEntries(stripped.variables.map((variable) => [variable, variableValues?.[variable]]))
  return { key: stripped.text + JSON.stringify(values), document: stripped.document, variableValues: values }
}

function strip(document: DocumentNode, operationName: string | null | undefined): Stripped {
  const operation = getOperationAST(document, operationName)!
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const bare = visit({ kind: Kind.DOCUMENT, definitions: [{ ...operation, name: undefined, variableDefinitions: [] }, ...fragments] } as DocumentNode, {
    Field: (node) => (sources.has(node.name.value) ? { ...node, arguments: [] } : undefined),
  })
  const variables = new Set<string>()
  visit(bare, { Variable: (node) => void variables.add(node.name.value) })
  const [root, ...rest] = bare.definitions
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => variables.has(variable.name.value)) ?? []
  const shared: DocumentNode = { ...bare, definitions: [{ ...(root as OperationDefinitionNode), variableDefinitions }, ...rest] }
  return { text: print(shared), document: shared, variables: [...variables].sort() }
}
