// Where several people have to agree: whether two of their votes could be one person's, who made or offered the credential of
// another. Which order they come in does not matter.
import { OPERATOR_SUBJECT } from './operator.ts'

export interface Vote {
  by: string
  /** Who else could act by the credential that it comes with. */
  behind: readonly string[]
}

/** The root credential makes first tokens for everybody: it stands behind nobody's vote, and has one of its own. */
const giversOf = ({ by, behind }: Vote): string[] => [
  by,
  ...behind.filter((id) => id !== OPERATOR_SUBJECT),
]

export const couldBeOnePersons = (one: Vote, other: Vote): boolean => {
  const givers = giversOf(other)
  return giversOf(one).some((id) => givers.includes(id))
}
