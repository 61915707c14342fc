import { complexityFromQuery, type ComplexityErrorKind } from '@pothos/plugin-complexity'
import { GraphQLError, Kind, visit, type ASTVisitor, type DocumentNode, type ExecutionArgs, type ValidationRule } from 'graphql'
import { ClientError } from '../errors.ts'

/**
 * What one operation may ask for. Complexity counts fields, those of a list as often as it may have members; breadth counts
 * the fields written down, aliases included.
 */
export const complexityLimits = { complexity: 20_000, depth: 12, breadth: 500 }

/** Lexical tokens of a document: more is refused while parsing. */
export const maxTokens = 5_000

const wordFor: Record<string, string> = { Complexity: 'complex', Depth: 'deep', Breadth: 'broad' }

export function tooComplex(kind: `${ComplexityErrorKind}`, result: { complexity: number; depth: number; breadth: number }): ClientError {
  const measure = kind.toLowerCase() as keyof typeof complexityLimits
  return new ClientError(
    'TOO_COMPLEX',
    `This operation is too ${wordFor[kind]}: ${result[measure]}, and ${complexityLimits[measure]} is the most. Ask for smaller pages or fewer fields.`,
  )
}

/**
 * Judges a subscription before it starts. Pothos judges an operation where a root field is resolved, which of a subscription
 * happens at its first event.
 * @returns the error, or undefined; wrong variables are left to whoever executes
 */
export function subscriptionTooComplex({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs): ClientError | undefined {
  const isOther = (name: string | undefined) => operationName != null && name !== operationName
  const definitions = document.definitions.filter((definition) => definition.kind !== Kind.OPERATION_DEFINITION || !isOther(definition.name?.value))
  let result
  try {
    result = complexityFromQuery({ ...document, definitions }, { schema, ctx: contextValue as object, variables: { ...variableValues } })
  } catch {
    return undefined
  }
  for (const kind of ['Depth', 'Breadth', 'Complexity'] as const) {
    const measure = kind.toLowerCase() as keyof typeof complexityLimits
    if (result[measure] > complexityLimits[measure]) return tooComplex(kind, result)
  }
  return undefined
}

/** Refuses a document that names one of the fields twice, under whatever alias and in whatever fragment. */
export function onceInDocument(...fields: string[]): ValidationRule {
  return (context): ASTVisitor => {
    const seen = new Set<string>()
    return {
      Field: (node) => {
        const name = node.name.value
        if (!fields.includes(name)) return
        if (seen.has(name))
          context.reportError(
            new GraphQLError(`${name} may be asked for once in a document.`, { nodes: node, extensions: { code: 'TOO_COMPLEX', field: name } }),
          )
        seen.add(name)
      },
    }
  }
}

/** Whether a document names a field anywhere. */
export function asksFor(document: DocumentNode, field: string): boolean {
  let found = false
  visit(document, {
    [Kind.FIELD]: (node: { name: { value: string } }) => {
      found ||= node.name.value === field
    },
  })
  return found
}
