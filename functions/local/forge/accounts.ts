// The forge's accounts and what each kind may do at all. Branch rules are in rules.ts.
import { createHash, timingSafeEqual } from 'node:crypto'

export type AccountKind = 'app' | 'administrator' | 'write' | 'read'

export interface AccountOption {
  login: string
  token: string
  kind: AccountKind
  displayName: string
  /** Public SSH keys, as lines of `authorized_keys`. */
  keys?: string[]
}

export interface Account {
  id: number
  login: string
  kind: AccountKind
  displayName: string
  email: string
  keys: string[]
}

export interface Accounts {
  all: Account[]
  /** Compares digests in constant time; null when no account has the token. */
  byToken(token: string): Account | null
  /** An account that left still has its name on what it did. */
  byLogin(login: string): Account
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A number that stays the same for a name over restarts, as GitHub's ids do. */
const idOf = (login: string): number => digest(login).readUInt32BE(0)

const toAccount = ({
  login,
  kind,
  displayName,
  keys = [],
}: Omit<AccountOption, 'token'>): Account => ({
  id: idOf(login),
  login,
  kind,
  displayName,
  email: `${login.replace(/[^A-Za-z0-9._-]/g, '-')}@users.simulated-forge.invalid`,
  keys,
})

/** Commits that nobody signed in for: moves found after a crash, accounts that were removed. */
export const GHOST = toAccount({ login: 'ghost', kind: 'read', displayName: 'Unknown account' })

/** @throws Error on an empty token or a name or token used twice: two accounts must never be one. */
export const createAccounts = (options: AccountOption[]): Accounts => {
  const entries = options.map((option) => ({
    account: toAccount(option),
    digest: digest(option.token),
    token: option.token,
  }))
  const distinct = (values: string[]) => new Set(values).size === values.length
  if (entries.some(({ token }) => token === '')) throw new Error('an account has an empty token')
  if (!distinct(entries.map(({ token }) => token))) throw new Error('two accounts share a token')
  if (!distinct(entries.map(({ account }) => account.login.toLowerCase())))
    throw new Error('two accounts share a login')
  return {
    all: entries.map(({ account }) => account),
    byToken: (token) => {
      const wanted = digest(token)
      return entries.find((entry) => timingSafeEqual(entry.digest, wanted))?.account ?? null
    },
    byLogin: (login) =>
      entries.find(({ account }) => account.login === login)?.account ?? { ...GHOST, login },
  }
}

export const mayWrite = (account: Account | null): account is Account =>
  account !== null && account.kind !== 'read'

/** GitHub takes check runs from Apps only. */
export const mayPostChecks = (account: Account): boolean => account.kind === 'app'

export const mayManageHooks = (account: Account): boolean =>
  account.kind === 'app' || account.kind === 'administrator'
