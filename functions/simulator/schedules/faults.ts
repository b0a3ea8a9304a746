// The kinds of fault, each with where it strikes. Every one is counted: a kind that never happened proves nothing, so a run
// without it fails.

/** Columns of the matrix: between whom it happens. */
export type Where =
  | 'client'
  | 'actor'
  | 'functions'
  | 'forge'
  | 'webhook'
  | 'alarm'
  | 'status'
  | 'world'

const FAULTS = {
  'crash before the effect': ['client', 'actor', 'functions', 'forge'],
  'crash after the effect': ['client', 'actor', 'functions', 'forge'],
  'crash, and the effect comes later': ['actor', 'functions', 'forge'],
  'crash within an alarm': ['alarm'],
  'request lost': ['client', 'actor', 'functions', 'forge'],
  'answer lost': ['client', 'actor', 'functions', 'forge'],
  'done twice': ['client', 'actor', 'functions', 'forge', 'webhook', 'status'],
  'out of order': ['client', 'actor', 'functions', 'forge', 'webhook'],
  'on its way for minutes': ['client', 'actor', 'functions', 'forge'],
  'stale read': ['forge', 'status'],
  'absent right after it was made': ['forge'],
  '409': ['forge'],
  '422': ['forge'],
  '429 with Retry-After': ['functions', 'forge'],
  'secondary limit': ['forge'],
  '5xx': ['functions', 'forge'],
  'HTML for an answer': ['functions', 'forge'],
  'truncated answer': ['functions', 'forge'],
  'never told': ['webhook', 'status'],
  'no webhook at all': ['webhook'],
  'told again under another id': ['webhook'],
  'clock jumps ahead': ['world'],
  'clock jumps back': ['world'],
  'a second process': ['world'],
  'alarm twice': ['alarm'],
  'poison in the outbox': ['alarm'],
  'malformed hint': ['webhook'],
  'restored to an older copy': ['world'],
  push: ['forge'],
  'forced push': ['forge'],
  'push to main': ['forge'],
  'branch deleted': ['forge'],
  'pull request closed': ['forge'],
  'body edited': ['forge'],
  'merge past the gate': ['forge'],
  'review taken back': ['forge'],
} as const satisfies Record<string, readonly Where[]>
export type Fault = keyof typeof FAULTS

export interface Tally {
  schedules: number
  steps: number
  byStage: Record<string, number>
  /** From nothing to applied. */
  fullLives: number
  crashes: number
  faults: Record<string, number>
  /** What looked like a loss and was none, each with why. */
  excused: Record<string, number>
}

export const newTally = (): Tally => ({
  ...{ schedules: 0, steps: 0, byStage: {}, fullLives: 0, crashes: 0, excused: {} },
  faults: Object.fromEntries(
    Object.entries(FAULTS).flatMap(([fault, places]) =>
      places.map((place) => [`${fault} (${place})`, 0]),
    ),
  ),
})

export const count = (tally: Tally, fault: Fault, where: Where): void => {
  const name = `${fault} (${where})`
  if (!(name in tally.faults)) throw new Error(`no such fault: ${name}`)
  tally.faults[name] = (tally.faults[name] ?? 0) + 1
  if (fault.startsWith('crash')) tally.crashes += 1
}

export const addTally = (to: Tally, more: Tally): void => {
  for (const field of ['schedules', 'steps', 'fullLives', 'crashes'] as const)
    to[field] += more[field]
  for (const field of ['byStage', 'faults', 'excused'] as const)
    for (const [name, number] of Object.entries(more[field]))
      to[field][name] = (to[field][name] ?? 0) + number
}

/** Kinds that have not happened. */
export const missing = ({ faults }: Tally): string[] =>
  Object.entries(faults)
    .filter(([, number]) => number === 0)
    .map(([name]) => name)
