import { eld } from 'eld/extrasmall'

/** A beginning tells as much as the whole, and the time that it takes grows with the text. */
const looked = 250

/** The language of a text (ISO 639-1); null where it cannot be told. */
export function detectLanguage(title: string, content: string): string | null {
  const found = eld.detect(`${title} ${content.slice(0, looked)}`.slice(0, looked))
  return found.isReliable() ? found.language : null
}

/** The language proper of a BCP 47 tag: en of en-GB. */
export function baseLanguage(tag: string | null): string | null {
  return tag?.split('-', 1)[0] ?? null
}
