// Phoenix at GitHub as an App (docs.github.com/apps, authenticating as a GitHub App installation): the App proves itself by a short
// JWT of its private key, and gets a token for one repository, with no more permissions than it uses, good for an hour.
// Absent (not installed there) is null, denied is Denied, unreachable is Outage. Neither key nor token is in any error.
import { Octokit } from '@octokit/rest'
import { importPKCS8, SignJWT } from 'jose'
import { Denied } from '../../schemas/result.ts'
import { call, within } from './github-answers.ts'

export interface ForgeApp {
  /** App id, or its client id. */
  id: string
  /** Private key in PEM: PKCS#1, as GitHub gives it, or PKCS#8. */
  key: string
  /** Where one installation has every repository; null: looked up for each. */
  installation: number | null
}

export interface AppOptions {
  app: ForgeApp
  /** Base of the REST API. */
  baseUrl: string
  fetch: typeof fetch
  now: () => Date
  /** For one call, its body included. */
  timeoutMilliseconds?: number
}

export interface InstallationToken {
  token: string
  expiresAt: Date
}

/** What every verb of the Forge port needs together; reading metadata comes with every App. */
export const PERMISSIONS = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
} as const

const TIMEOUT_MILLISECONDS = 10_000
/** GitHub takes at most ten minutes; clocks differ, so it begins a minute ago. */
const LIFETIME_SECONDS = 540
const SKEW_SECONDS = 60
const LONGEST_TOKEN_CHARACTERS = 2_000

/** DER of a value under its tag (X.690 §8.1.3). */
const der = (tag: number, ...parts: Uint8Array[]): Uint8Array => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) size.unshift(rest & 0xff)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size]
  const whole = new Uint8Array(head.length + length)
  whole.set(head)
  let at = head.length
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** INTEGER 0, and AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 8017 appendix A.1). */
const RSA_HEADER = Uint8Array.from([
  0x02, 1, 0, 0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0,
])
const BEGINS_PKCS1 = '-----BEGIN RSA PRIVATE KEY-----'

/** An RSAPrivateKey (RFC 8017 appendix A.1.2) inside a PrivateKeyInfo (RFC 5208), which is what WebCrypto takes. */
export const toPkcs8 = (pem: string): string => {
  // Settings are often one line, with the line ends written out.
  const text = pem.replaceAll('\\n', '\n').trim()
  if (!text.startsWith(BEGINS_PKCS1)) return text
  const base64 = text.replace(/-----[A-Z ]+-----|\s/g, '')
  const pkcs1 = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const pkcs8 = der(0x30, RSA_HEADER, der(0x04, pkcs1))
  const lines = btoa(String.fromCharCode(...pkcs8)).match(/.{1,64}/g) ?? []
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----'].join('\n')
}

/**
 * The App's own JWT (RS256; `iss`, `iat`, `exp`).
 * @throws Denied when the key cannot be read, which is a fault of the setting and quotes nothing of it.
 */
export const signAppJwt = async ({ id, key }: ForgeApp, now: Date): Promise<string> => {
  const seconds = Math.floor(now.getTime() / 1000)
  try {
    return await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(id)
      .setIssuedAt(seconds - SKEW_SECONDS)
      .setExpirationTime(seconds - SKEW_SECONDS + LIFETIME_SECONDS)
      .sign(await importPKCS8(toPkcs8(key), 'RS256'))
  } catch {
    throw new Denied('forge', 'cannot be asked: the App’s private key is not readable')
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const asApp = async ({
  app,
  baseUrl,
  fetch,
  now,
  timeoutMilliseconds = TIMEOUT_MILLISECONDS,
}: AppOptions) =>
  new Octokit({
    auth: await signAppJwt(app, now()),
    baseUrl,
    userAgent: 'phoenix',
    request: { fetch: within(fetch, timeoutMilliseconds) },
    log: SILENT,
  }).rest.apps

/** An answer that is none must not become a header. */
const tokenOf = ({ token, expires_at }: { token?: unknown; expires_at?: unknown }) => {
  const expiresAt = new Date(typeof expires_at === 'string' ? expires_at : Number.NaN)
  if (typeof token !== 'string' || token.length > LONGEST_TOKEN_CHARACTERS)
    throw new TypeError('an answer without a token')
  if (!/^[\x21-\x7e]+$/.test(token) || Number.isNaN(expiresAt.getTime()))
    throw new TypeError('an answer that is no token')
  return { token, expiresAt }
}

/**
 * A token of the App for this repository alone; null where the App is not installed on it.
 * @throws Denied when the forge refuses the App; Outage when it does not answer.
 */
export const createInstallationToken = async (
  options: AppOptions,
  repository: string,
): Promise<InstallationToken | null> => {
  const [owner = '', repo = ''] = repository.split('/')
  const apps = await asApp(options)
  const found = options.app.installation ?? (await findInstallation(apps, owner, repo))
  if (found === null) return null
  return call(
    async () => {
      const { data } = await apps.createInstallationAccessToken({
        ...{ installation_id: found, repositories: [repo], permissions: PERMISSIONS },
      })
      return tokenOf(data)
    },
    // 422: the installation does not have this repository, or the App not these permissions.
    { 404: null, 422: null },
  )
}

const findInstallation = (
  apps: Awaited<ReturnType<typeof asApp>>,
  owner: string,
  repo: string,
): Promise<number | null> =>
  call(
    async () => {
      const { id } = (await apps.getRepoInstallation({ owner, repo })).data
      if (!Number.isSafeInteger(id)) throw new TypeError('an answer that is no installation')
      return id
    },
    { 404: null },
  )
