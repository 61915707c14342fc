const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const slug = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** Whether a text is a UUID: the database refuses to look for anything else under an id of that type. */
export const isUuid = (id: string) => uuid.test(id)

/** Whether a text may be the id of a category: 1 to 64 characters, never shaped like a UUID. */
export const isSlug = (id: string) => slug.test(id) && !uuid.test(id)
