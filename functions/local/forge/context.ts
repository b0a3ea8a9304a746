// What every part of the forge is given: the state, the accounts, the clock, and one queue per repository.
import { join } from 'node:path'
import type { Accounts } from './accounts.ts'
import type { Apps } from './apps.ts'
import type { OAuth } from './oauth.ts'
import type { ForgeRules } from './rules.ts'
import type { RepositoryRow, Store } from './store.ts'
import type { Webhooks } from './webhooks.ts'

export interface Repository {
  id: number
  owner: string
  name: string
  fullName: string
  createdAt: string
  /** The bare repository. */
  directory: string
}

export interface ForgeContext {
  /** Base address of the server, without a trailing slash. */
  url: string
  home: string
  accounts: Accounts
  /** Null where no application is known. */
  oauth: OAuth | null
  /** Null where no App is known. */
  apps: Apps | null
  rules: ForgeRules
  gateContext: string
  simulatedNote: string
  store: Store
  hooks: Webhooks
  now(): Date
  /** Runs work alone on this repository: reading, deciding and moving a reference are one step. */
  alone<Result>(repository: Repository, work: () => Promise<Result>): Promise<Result>
}

/** A refusal on its way to the wire; `errors` in GitHub's shape. Messages never repeat the input. */
export class ForgeRefusal extends Error {
  override name = 'ForgeRefusal'
  readonly status: number
  readonly errors: Record<string, string>[] | string[] | undefined
  constructor(status: number, message: string, errors?: Record<string, string>[] | string[]) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

/** RFC 3339 without fractions, as GitHub writes times. */
export const stamp = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

export const createQueues = (): ForgeContext['alone'] => {
  const tails = new Map<number, Promise<unknown>>()
  return (repository, work) => {
    const before = tails.get(repository.id) ?? Promise.resolve()
    const result = before.then(work, work)
    tails.set(
      repository.id,
      result.catch(() => {}),
    )
    return result
  }
}

export const directoryOf = (home: string, owner: string, name: string): string =>
  join(home, 'repositories', owner.toLowerCase(), `${name.toLowerCase()}.git`)

const toRepository = (home: string, row: RepositoryRow): Repository => ({
  ...row,
  fullName: `${row.owner}/${row.name}`,
  directory: directoryOf(home, row.owner, row.name),
})

export const listRepositories = ({ store, home }: ForgeContext): Repository[] =>
  store
    .all<RepositoryRow>('SELECT * FROM repositories ORDER BY owner, name')
    .map((row) => toRepository(home, row))

/** By name, in any case of letters as on GitHub; null when there is none. */
export const findRepository = (
  { store, home }: ForgeContext,
  owner: string,
  name: string,
): Repository | null => {
  const sql = 'SELECT * FROM repositories WHERE owner = ? AND name = ?'
  const row = store.one<RepositoryRow>(sql, owner, name)
  return row && toRepository(home, row)
}
