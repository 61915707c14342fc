const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text is a UUID: the database refuses to look for anything else under an id of that type. */
export const isUuid = (id: string) => uuid.test(id)
