import { pauses } from './pause.ts'
import type { Term } from './terms.ts'
import { subjectOf, type Frequencies, type Subject } from './vector.ts'

/** Many subjects, with pauses. */
export async function subjectsOf(articles: ReadonlyMap<string, readonly Term[]>, frequencies: Frequencies): Promise<Subject[]> {
  const pause = pauses()
  const subjects: Subject[] = []
  for (const [id, terms] of articles) {
    subjects.push(subjectOf(id, terms, frequencies))
    await pause()
  }
  return subjects
}
