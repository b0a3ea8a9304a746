// The one GitHub App that this forge knows, installed on every repository: it proves itself by a JWT of its key and gets tokens for
// the repositories and permissions that it names (docs.github.com/rest/apps). Tokens are in memory: a restart forgets them, as GitHub
// may at any time.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { importSPKI, jwtVerify } from 'jose'
import type { Account, Accounts } from './accounts.ts'
import { ForgeRefusal } from './context.ts'

export interface AppOption {
  /** A number, as text. */
  id: string
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: string
  /** Of the account that acts for it; its kind is `app`. */
  login: string
}

export type Permission = 'contents' | 'pull_requests' | 'checks' | 'metadata'
/** What whoever installed it agreed to. */
export const APP_PERMISSIONS: Record<Permission, 'read' | 'write'> = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
}
export const APP_EVENTS = ['push', 'pull_request', 'pull_request_review', 'check_run']

export interface Grant {
  account: Account
  installation: number
  /** `owner/name` in lower case. */
  repositories: string[]
  permissions: Partial<Record<Permission, 'read' | 'write'>>
  until: number
}

export interface Apps {
  id: number
  account: Account
  /** Of an owner’s repositories; the same over restarts. */
  installationOf(owner: string): number
  /** @throws ForgeRefusal 401 unless it is a JWT of this App, RS256, of at most ten minutes. */
  requireApp(jwt: string): Promise<void>
  issue(grant: Omit<Grant, 'account' | 'until'>): { token: string; expiresAt: Date }
  /** Null when the token is none, has ended, or was forgotten. */
  grantOf(token: string): Grant | null
}

const LIFETIME_MILLISECONDS = 3_600_000
const LONGEST_JWT_SECONDS = 600
const MOST_KEPT = 1_000
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** @throws Error when there is no such account of an App. */
export const createApps = (
  { id, publicKey, login }: AppOption,
  { accounts, now }: { accounts: Accounts; now: () => Date },
): Apps => {
  const account = accounts.all.find((each) => each.login === login && each.kind === 'app')
  if (!account) throw new Error('the App has no account of its kind')
  const key = importSPKI(publicKey, 'RS256')
  const grants = new Map<string, { digest: Buffer; grant: Grant }>()
  return {
    id: Number(id),
    account,
    installationOf: (owner) => digest(`installation ${owner.toLowerCase()}`).readUInt32BE(0) || 1,
    requireApp: async (jwt) => {
      const options = { algorithms: ['RS256'], issuer: id, currentDate: now() }
      const verified = await jwtVerify(jwt, await key, options).catch(() => null)
      const { iat = 0, exp = 0 } = verified?.payload ?? {}
      const tooLong = exp - iat > LONGEST_JWT_SECONDS || iat > now().getTime() / 1000
      if (verified === null || exp === 0 || iat === 0 || tooLong)
        throw new ForgeRefusal(401, 'A JSON web token could not be decoded')
    },
    issue: (asked) => {
      const token = `ghs_${randomBytes(20).toString('hex')}`
      const oldest = grants.keys().next().value
      if (grants.size >= MOST_KEPT && oldest !== undefined) grants.delete(oldest)
      const until = now().getTime() + LIFETIME_MILLISECONDS
      const name = digest(token)
      grants.set(name.toString('hex'), { digest: name, grant: { ...asked, account, until } })
      return { token, expiresAt: new Date(until) }
    },
    grantOf: (token) => {
      const name = digest(token)
      const found = grants.get(name.toString('hex'))
      const is = found !== undefined && timingSafeEqual(found.digest, name)
      return is && found.grant.until > now().getTime() ? found.grant : null
    },
  }
}

const NEEDS: readonly [RegExp, Permission][] = [
  [/^\/check-runs/, 'checks'],
  [/^\/git\//, 'contents'],
  [/^\/pulls\/\d+\/merge$/, 'contents'],
  [/^\/pulls/, 'pull_requests'],
]

/**
 * Holds a token to its repositories and permissions. `path`: below the repository.
 * @throws ForgeRefusal 404 for other repositories, 403 for what it was not given.
 */
export const requireGranted = (
  { repositories, permissions }: Grant,
  { repository, method, path }: { repository: string; method: string; path: string },
): void => {
  if (!repositories.includes(repository.toLowerCase())) throw new ForgeRefusal(404, 'Not Found')
  if (method === 'GET' || method === 'HEAD') return
  const needed = NEEDS.find(([pattern]) => pattern.test(path))?.[1]
  if (needed === undefined || permissions[needed] !== 'write')
    throw new ForgeRefusal(403, 'Resource not accessible by integration')
}
