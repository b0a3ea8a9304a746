// The laptop's identity provider: it says that it is simulated, keeps to its protocol, and knows its people after a restart.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { identityOf } from '../../../edge-workers/auth/oidc/identity.ts'
import { readIssuers } from '../../../edge-workers/auth/oidc/issuers.ts'
import { loadSecrets } from '../secrets.ts'
import { DEMO_PEOPLE } from './people.ts'
import { CONSOLE_CLIENT, type IdentityProvider, startIdentityProvider } from './provider.ts'
import { issuersSetting } from './setting.ts'
import { accessTokenOf } from './sign-in.ts'

const PUBLIC_URL = 'http://127.0.0.1:8787'
const REDIRECT = `${PUBLIC_URL}/sign-in/demo/callback`
let home: string
let provider: IdentityProvider
const start = async () => {
  const { signingKey, clientSecret, cookieKey } = (await loadSecrets(home)).identityProvider
  const options = { port: 0, publicUrl: PUBLIC_URL, clientSecret, cookieKey }
  return startIdentityProvider({ ...options, keys: [signingKey] })
}
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-provider-'))
  provider = await start()
})
afterAll(async () => {
  await provider.close()
  await rm(home, { recursive: true })
})

const ask = (more: Record<string, string> = {}) =>
  fetch(
    `${provider.url}/auth?${new URLSearchParams({
      ...{ client_id: CONSOLE_CLIENT, response_type: 'code', scope: 'openid', state: 's' },
      ...{ redirect_uri: REDIRECT, code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' },
      ...more,
    })}`,
    { redirect: 'manual' },
  )
const cookieOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')

it('asks who it is, says that the people are simulated, and loads nothing from anywhere', async () => {
  const asked = await ask()
  const at = new URL(asked.headers.get('location') ?? '', provider.url)
  const page = await fetch(at, { headers: { cookie: cookieOf(asked) } })
  const html = await page.text()
  expect(html).toContain('Simulated identity provider')
  for (const { name } of DEMO_PEOPLE) expect(html).toContain(name)
  expect(html).not.toMatch(/<script|https?:|@import|url\(/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  const nobody = await fetch(at, {
    ...{ method: 'POST', redirect: 'manual', headers: { cookie: cookieOf(asked) } },
    body: new URLSearchParams({ subject: 'demo-mallory' }),
  })
  expect(nobody.status).toBe(400)
})

it('answers nobody whose sign-in it did not begin', async () => {
  const page = await fetch(`${provider.url}/interaction/${'a'.repeat(43)}`)
  expect(page.status).toBe(400)
  expect(await page.text()).not.toContain('node_modules')
})

it.each<[string, Record<string, string>]>([
  ['no challenge', { code_challenge: '', code_challenge_method: '' }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['another answer than a code', { response_type: 'id_token' }],
])('refuses %s, at the address it may answer', async (_, more) => {
  const location = new URL((await ask(more)).headers.get('location') ?? '', 'http://none')
  expect(location.href.startsWith(REDIRECT)).toBe(true)
  expect(`${location.search}${location.hash}`).toContain('error=')
})

it('sends nobody to an address that is not registered, and quotes nothing of it', async () => {
  const answer = await ask({ redirect_uri: 'https://evil.example/<script>' })
  expect(answer.status).toBe(400)
  expect(await answer.text()).not.toMatch(/evil|<script/)
})

it('knows its people after a restart, on another port too', async () => {
  const before = decodeJwt(await accessTokenOf(provider.url, 'demo-rita'))
  const again = await start()
  const after = decodeJwt(await accessTokenOf(again.url, 'demo-rita'))
  await again.close()
  expect(after.sub).toBe(before.sub)
  expect(after.iss).not.toBe(before.iss)
  expect(before.aud).toBe(PUBLIC_URL)
  const identity = (issuer: string) => {
    const text = issuersSetting({ issuer, publicUrl: PUBLIC_URL, clientSecret: 's' })
    const [setting] = readIssuers({ OIDC_ISSUERS: text }).issuers
    return setting && identityOf({ PLATFORM_KEY: '00' }, setting, String(before.sub))
  }
  expect(identity(again.url)).toMatch(/^[0-9a-f]{64}$/)
  expect(identity(again.url)).toBe(identity(provider.url))
})

it('gives a script a token, and says what to do where no laptop is running', async () => {
  const run = (...words: string[]) =>
    promisify(execFile)(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'access-token.ts')],
        ...words,
      ],
      { env: { ...process.env, PHOENIX_HOME: home, NODE_OPTIONS: '' } },
    )
  await expect(run('rita')).rejects.toThrow('npm start')
  await writeFile(join(home, 'local.json'), JSON.stringify({ identityProviderUrl: provider.url }))
  expect(decodeJwt((await run('rita')).stdout.trim()).sub).toBe('demo-rita')
  await expect(run('mallory')).rejects.toThrow('Name one of olga')
})
