// Operations of the platform's own tenant about the freeze of every promotion, which the Directory keeps.

/** A freeze with its votes, oldest first. */
export interface NoteFreeze {
  id: string
  reason: string
  by: string
  at: string
  liftedAt: string | null
  lifts: { by: string; at: string }[]
}

export interface FreezeOperations {
  /** Writes the leaves that are not there yet. */
  'freeze.note': { input: NoteFreeze; output: null }
  /** People who are operators now and were members by then. */
  'freeze.voters': { input: { since: string }; output: string[] }
}
