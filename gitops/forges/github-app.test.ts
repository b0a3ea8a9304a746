// Phoenix at the forge as an App, against the local forge, which checks every JWT and holds every token to its repository and
// permissions: the whole way of a change, expiry, what is absent, denied and unreachable, and that no secret is in an error.
import { generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  authorised,
  createCredential,
} from '../../edge-workers/forge-credentials/installation-tokens.ts'
import {
  forgeFindings,
  isGatePinned,
  settingsFaults,
} from '../../edge-workers/forge-credentials/settings.ts'
import { AUTHOR, openForge, refusal } from '../../functions/local/forge/testing.ts'
import { Denied, Outage } from '../../schemas/result.ts'
import { createGitHubForge } from './github.ts'
import { type AppOptions, createInstallationToken, signAppJwt, toPkcs8 } from './github-app.ts'

const pem = { type: 'pkcs1', format: 'pem' } as const
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export(pem).toString()
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString()
const app = { id: '4711', key: pkcs1, installation: null }
const NOW = new Date('2026-11-21T12:00:00Z')
const HERE = 'dbis/gitops'

describe('the App’s JWT', () => {
  it.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8', pkcs8],
    ['PKCS#1 in one line', pkcs1.replaceAll('\n', '\\n')],
  ])(
    'is signed with a key in %s, begins 60 s ago and lasts less than ten minutes',
    async (_, key) => {
      const jwt = await signAppJwt({ ...app, key }, NOW)
      const verified = await jwtVerify(jwt, publicKey, { issuer: '4711', currentDate: NOW })
      const { iat = 0, exp = 0 } = verified.payload
      expect(decodeProtectedHeader(jwt).alg).toBe('RS256')
      expect([iat - NOW.getTime() / 1000, exp - iat]).toEqual([-60, 540])
    },
  )

  it('wraps a key as the platform’s own library does', () => {
    const plain = (text: string) => text.replace(/\s/g, '')
    expect(plain(toPkcs8(pkcs1))).toBe(plain(pkcs8))
  })

  it('with a key that is none is refused without a word of it', async () => {
    // A line short: what its first bytes say of its length is not so.
    const short = pkcs1.split('\n').toSpliced(2, 1, 'hunter2').join('\n')
    for (const key of ['hunter2', short]) {
      const error = await signAppJwt({ ...app, key }, NOW).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Denied)
      expect(`${error}${(error as Error).cause ?? ''}`).not.toContain('hunter2')
    }
  })
})

describe('at a forge', () => {
  let forge: Awaited<ReturnType<typeof openForge>>
  let now = new Date()
  let sent: string[] = []
  const counted: typeof fetch = (input, init) => {
    sent.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname.replace('/api/v3', '')}`)
    return fetch(input, init)
  }
  const options = (more: Partial<AppOptions> = {}): AppOptions => ({
    ...{ app, baseUrl: `${forge.url}/api/v3`, fetch: counted, now: () => now, ...more },
  })
  const connect = (more: Partial<AppOptions> = {}, repository = HERE) => {
    const credential = createCredential(options(more), repository)
    const { baseUrl } = options()
    const fetched = authorised(credential, options(more).fetch)
    return createGitHubForge({ baseUrl, repository, fetch: fetched, pinnedGate: true })
  }
  const grants = () => sent.filter((call) => call.endsWith('/access_tokens')).length
  const outcome = async (run: Promise<unknown>): Promise<Error> =>
    run.then(
      () => new Error('it was not refused'),
      (error: Error) => error,
    )

  // One forge for all: what a test does to it is a commit or a token.
  beforeAll(async () => {
    now = new Date()
  })
  const open = async () => {
    sent = []
    now = new Date()
    forge = await openForge({
      app: { id: '4711', publicKey: spki, login: 'phoenix[bot]' },
      now: () => now,
    })
  }

  it('a change goes its whole way on one token of one repository', async () => {
    await open()
    const port = connect()
    expect(port.abilities.pinnedGate).toBe(true)
    const base = await port.readBranch('main')
    const written = await port.writeCommit({
      ...{ baseTree: base?.tree ?? '', parents: [base?.sha ?? ''], message: 'x\n', author: AUTHOR },
      files: [{ path: 'a.txt', content: 'a' }],
    })
    const sha = written?.sha ?? ''
    await port.createBranch('phoenix/a', sha)
    const pull = await port.openPull({ head: 'phoenix/a', base: 'main', title: 'a', body: 'a' })
    if (pull === 'exists') throw new Error('there was one')
    const gate = { title: 'x', summary: 'x', detailsUrl: 'https://x.example', externalId: 'x' }
    await port.postGate({ headSha: sha, green: true, ...gate })
    const merged = await port.mergePull(pull.number, {
      ...{ expectedHead: sha, title: 'x', message: 'x' },
    })
    if (!('merged' in merged)) throw new Error(merged.refused)
    expect(await port.moveBranch('live', merged.merged, { force: false })).toBe('moved')
    expect((await port.readPull(pull.number))?.mergedBy).toBe('phoenix[bot]')
    expect(grants()).toBe(1)
  })

  it('a token is kept until five minutes before its end, and renewed once when it is refused', async () => {
    await open()
    const port = connect()
    await port.readBranch('main')
    now = new Date(now.getTime() + 54 * 60_000)
    await port.readBranch('main')
    expect(grants()).toBe(1)
    now = new Date(now.getTime() + 2 * 60_000)
    await port.readBranch('main')
    expect(grants()).toBe(2)
    // As after a restart of the forge, which remembers none.
    let refusals = 0
    const forgetful = connect({
      fetch: async (input, init) => {
        const isToken =
          String(input).endsWith('access_tokens') || String(input).endsWith('installation')
        if (isToken || refusals > 0) return counted(input, init)
        refusals += 1
        return Response.json({ message: 'Bad credentials' }, { status: 401 })
      },
    })
    await forgetful.readBranch('main')
    expect([refusals, grants()]).toEqual([1, 4])
    const always = connect({
      fetch: async (input, init) =>
        String(input).includes('/branches/')
          ? Response.json({ message: 'Bad credentials' }, { status: 401 })
          : counted(input, init),
    })
    expect(await outcome(always.readBranch('main'))).toBeInstanceOf(Denied)
    expect(grants()).toBe(6)
  })

  it('many calls at once ask for one token', async () => {
    await open()
    const port = connect()
    await Promise.all([1, 2, 3].map(() => port.readBranch('main')))
    expect(grants()).toBe(1)
  })

  it('its token does nothing to another repository, and nothing that it was not asked for', async () => {
    await open()
    await forge.createRepository({
      ...{ fullName: 'dbis/other', files: [{ path: 'a', content: 'a' }], message: 'x\n' },
      ...{ author: { name: 'x', email: 'x@example.org' }, date: '2026-01-01T00:00:00Z' },
    })
    const granted = await createInstallationToken(options(), HERE)
    const asToken = (path: string, method: string) =>
      fetch(`${forge.url}/api/v3${path}`, {
        ...{ method, headers: { authorization: `Bearer ${granted?.token}` } },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })
    expect((await asToken('/repos/dbis/gitops/branches/main', 'GET')).status).toBe(200)
    expect((await asToken('/repos/dbis/other/branches/main', 'GET')).status).toBe(404)
    expect((await asToken('/repos/dbis/gitops/hooks/1/deliveries/1/attempts', 'POST')).status).toBe(
      403,
    )
    expect((await asToken('/app', 'GET')).status).toBe(401)
  })

  it('absent, denied and unreachable are three answers, and none tells a secret', async () => {
    await open()
    expect(await createInstallationToken(options(), 'nobody/nothing')).toBeNull()
    const absent = await outcome(connect({}, 'nobody/nothing').readBranch('main'))
    expect(absent.message).toBe('forge: does not have our App installed on this repository')
    const denied = await outcome(connect({ app: { ...app, key: other } }).readBranch('main'))
    expect(denied).toBeInstanceOf(Denied)
    const down = connect({ fetch: () => Promise.reject(new TypeError('no route')) })
    expect(await outcome(down.readBranch('main'))).toBeInstanceOf(Outage)
    const page = connect({ fetch: async () => new Response('<html>busy</html>') })
    expect(await outcome(page.readBranch('main'))).toBeInstanceOf(Outage)
    for (const error of [absent, denied]) {
      expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/PRIVATE KEY|ghs_|eyJ/)
    }
  })

  it('the forge takes no JWT of another key, of an hour, or of tomorrow', async () => {
    await open()
    const ask = async (jwt: string) =>
      fetch(`${forge.url}/api/v3/app`, { headers: { authorization: `Bearer ${jwt}` } })
    expect((await ask(await signAppJwt(app, now))).status).toBe(200)
    expect((await ask(await signAppJwt({ ...app, key: other }, now))).status).toBe(401)
    expect((await ask(await signAppJwt({ ...app, id: '1' }, now))).status).toBe(401)
    const old = new Date(now.getTime() - 3_600_000)
    expect((await ask(await signAppJwt(app, old))).status).toBe(401)
    const early = new Date(now.getTime() + 3_600_000)
    expect((await ask(await signAppJwt(app, early))).status).toBe(401)
    expect((await refusal(forge.as('ada').apps.getAuthenticated())).status).toBe(401)
  })
})

describe('the setting', () => {
  it('is an App only when it is whole, and nothing falls back from a broken one unseen', () => {
    expect(isGatePinned({ FORGE_APP_ID: '1', FORGE_APP_KEY: pkcs1 })).toBe(true)
    expect(isGatePinned({ FORGE_TOKEN: 'x' })).toBe(false)
    for (const broken of [
      { FORGE_APP_ID: '1', FORGE_TOKEN: 'x' },
      { FORGE_APP_KEY: pkcs1, FORGE_TOKEN: 'x' },
      { FORGE_APP_ID: 'one', FORGE_APP_KEY: pkcs1, FORGE_TOKEN: 'x' },
      {},
    ]) {
      expect(isGatePinned(broken)).toBe(false)
      expect(settingsFaults(broken)).toHaveLength(1)
    }
    expect(settingsFaults({ FORGE_TOKEN: 'x' })).toEqual([])
  })

  it('says of a personal token, wherever it matters, that live does not move', () => {
    expect(forgeFindings({ FORGE_TOKEN: 'x' })).toEqual([expect.stringContaining('live')])
    expect(forgeFindings({ FORGE_TOKEN: 'x', DEPLOYMENT: 'laptop' })).toEqual([])
    expect(forgeFindings({ FORGE_APP_ID: '1', FORGE_APP_KEY: pkcs1 })).toEqual([])
  })
})
