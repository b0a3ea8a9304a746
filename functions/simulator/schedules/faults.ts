// The kinds of fault, each with where it strikes, and who calls whom. Every one is counted: what never happened proves nothing,
// so a run without it fails.

/** Columns of the matrix: between whom it happens. */
export type Where =
  | 'client'
  | 'actor'
  | 'functions'
  | 'vault'
  | 'forge'
  | 'webhook'
  | 'alarm'
  | 'status'
  | 'world'

const FAULTS = {
  'crash before the effect': [
    'client',
    'actor',
    'functions',
    'vault',
    'forge',
    'webhook',
    'status',
  ],
  'crash after the effect': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'crash, and the effect comes later': ['actor', 'functions', 'vault', 'forge'],
  'crash within an alarm': ['alarm'],
  'request lost': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'answer lost': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'done twice': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'out of order': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'on its way for minutes': ['client', 'actor', 'functions', 'vault', 'forge', 'webhook', 'status'],
  'stale read': ['vault', 'forge', 'status'],
  'absent right after it was made': ['forge'],
  '409': ['vault', 'forge'],
  '422': ['forge'],
  '429 with Retry-After': ['functions', 'vault', 'forge'],
  'secondary limit': ['forge'],
  slow: ['vault'],
  unreachable: ['vault'],
  '5xx': ['functions', 'vault', 'forge'],
  'HTML for an answer': ['functions', 'vault', 'forge'],
  'truncated answer': ['functions', 'vault', 'forge'],
  'never told': ['webhook', 'status'],
  'no webhook at all': ['webhook'],
  'told again under another id': ['webhook'],
  'promotions frozen': ['world'],
  'freeze lifted': ['world'],
  'clock jumps ahead': ['world'],
  'clock jumps back': ['world'],
  'a second process': ['world'],
  'alarm twice': ['alarm'],
  'alarm lost': ['alarm'],
  'poison in the outbox': ['alarm'],
  'malformed hint': ['webhook'],
  'restored to an older copy': ['world'],
  push: ['forge'],
  'push before it is proposed': ['forge'],
  'forced push': ['forge'],
  'push to main': ['forge'],
  'main put right': ['forge'],
  'push to live': ['forge'],
  'live moved back': ['forge'],
  'live moved ahead': ['forge'],
  'live put back': ['forge'],
  'branch deleted': ['forge'],
  'pull request closed': ['forge'],
  'body edited': ['forge'],
  'merge past the gate': ['forge'],
  'review taken back': ['forge'],
} as const satisfies Record<string, readonly Where[]>
export type Fault = keyof typeof FAULTS

/** Who calls whom. */
const CALLS = [
  ...['client -> tenant', 'runtime -> tenant', 'tenant -> inventory', 'inventory -> tenant'],
  ...['tenant -> repository', 'repository -> forge', 'tenant -> log', 'tenant -> functions'],
  ...['log -> functions', 'tenant -> directory', 'client -> directory', 'directory -> directory'],
  ...['functions -> vault', 'runtime -> log', 'log -> platform', 'platform -> forge'],
]

export interface Tally {
  schedules: number
  steps: number
  byStage: Record<string, number>
  /** From nothing to applied. */
  fullLives: number
  crashes: number
  faults: Record<string, number>
  /** By the two between whom they go. */
  calls: Record<string, number>
  /** What looked like a loss and was none, each with why. */
  excused: Record<string, number>
}

export const newTally = (): Tally => ({
  ...{ schedules: 0, steps: 0, byStage: {}, fullLives: 0, crashes: 0, excused: {} },
  calls: Object.fromEntries(CALLS.map((pair) => [pair, 0])),
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

export const countCall = ({ calls }: Tally, from: string, to: string): void => {
  const pair = `${from} -> ${to}`
  calls[pair] = (calls[pair] ?? 0) + 1
}

export const addTally = (to: Tally, more: Tally): void => {
  for (const field of ['schedules', 'steps', 'fullLives', 'crashes'] as const)
    to[field] += more[field]
  for (const field of ['byStage', 'calls', 'faults', 'excused'] as const)
    for (const [name, number] of Object.entries(more[field]))
      to[field][name] = (to[field][name] ?? 0) + number
}

/** Faults that have not happened, and those who have not called each other. */
export const missing = ({ faults, calls }: Tally): string[] =>
  Object.entries({ ...faults, ...calls })
    .filter(([, number]) => number === 0)
    .map(([name]) => name)
