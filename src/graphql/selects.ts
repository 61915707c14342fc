import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql'

/** Whether a field's selection always has a field of this name: under no condition (@skip, @include). */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.directives && selection.directives.length > 0) return false
      if (selection.kind === Kind.FIELD) return selection.name.value === name
      return within(selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments[selection.name.value]?.selectionSet)
    }) ?? false
  return fieldNodes.some(({ selectionSet }) => within(selectionSet))
}
