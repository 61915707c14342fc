/** Posts an operation, and returns its data. @throws the first error's message */
export async function post(url: string, query: string, variables: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] }
  if (errors) throw new Error(errors[0]?.message)
  return data
}
