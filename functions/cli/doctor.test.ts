// `npm run doctor` against the local forge, which answers from the very rules it decides by: all is right as it stands, and a rule
// that is planted wrong is named with its remedy.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { wantedRulesets } from '../../gitops/forges/wanted-rulesets.ts'
import type { ForgeOptions } from '../local/forge/forge.ts'
import { RULES } from '../local/forge/rules.ts'
import { openForge } from '../local/forge/testing.ts'
import { examine } from './doctor.ts'
import type { DoctorSettings } from './doctor-read.ts'
import { doctorSettings } from './doctor-settings.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const WEBHOOK = 'http://127.0.0.1:9/webhooks/github'

const run = async (options: Partial<ForgeOptions> = {}, more: Partial<DoctorSettings> = {}) => {
  const forge = await openForge({
    app: { id: '4711', publicKey: publicPem, login: 'phoenix[bot]' },
    webhook: { url: WEBHOOK, secret: 'x' },
    ...options,
  })
  return examine({
    simulated: true,
    apiUrl: `${forge.url}/api/v3`,
    app: { id: '4711', key, installation: null },
    ...{ token: null, administratorToken: 'rosa-token', webhookWanted: WEBHOOK },
    ...{ repositories: ['dbis/gitops'], ...more },
  })
}
const saying = (lines: { level: string; about: string; says: string }[], level: string) =>
  lines.filter((line) => line.level === level).map(({ about, says }) => `${about}: ${says}`)

describe('npm run doctor', () => {
  it('finds nothing missing at the local forge, and says who may go past its rules', async () => {
    const { text, code, lines } = await run()
    expect(saying(lines, 'missing')).toEqual([])
    expect(saying(lines, 'unknown')).toEqual([])
    expect(code).toBe(0)
    expect(text).toContain('only Phoenix’s App has that leave')
    const words = 'The forge is the laptop’s simulated one: this says nothing about GitHub.\n'
    expect(text.startsWith(words)).toBe(true)
    expect((await run({}, { simulated: false })).text).not.toContain('simulated')
    expect(saying(lines, 'note')).toContain(
      'dbis/gitops main: may be changed past its rules by: administrators',
    )
  })

  it.each([
    ['pullRequest', 'anybody who writes may push to it'],
    ['gate', 'does not wait for the check phoenix/gate'],
    ['gatePinned', 'it is not pinned to Phoenix’s App'],
  ])('names what is planted on main: %s', async (rule, words) => {
    const { text, code } = await run({
      rules: { ...RULES, main: { ...RULES.main, [rule]: false } },
    })
    expect(code).toBe(1)
    expect(text).toMatch(new RegExp(`missing .*${words}`))
    expect(text).toContain('--ruleset')
  })

  it.each([
    ['onlyApp', 'anybody who writes may move it'],
    ['forwardOnly', 'may be forced'],
  ])('names what is planted on live: %s', async (rule, words) => {
    const { text, code } = await run({
      rules: { ...RULES, live: { ...RULES.live, [rule]: false } },
    })
    expect([code, text.includes(`dbis/gitops live: ${words}`)]).toEqual([1, true])
  })

  it('cannot tell who goes past the rules without an administrator’s token, and says so', async () => {
    const { code, lines } = await run({}, { administratorToken: null })
    expect(saying(lines, 'missing')).toEqual([])
    expect(saying(lines, 'unknown').length).toBeGreaterThan(0)
    expect(code).toBe(2)
  })

  it('finds a webhook that goes elsewhere, a repository without the App, and a personal token', async () => {
    const elsewhere = await run({}, { webhookWanted: 'https://phoenix.example/webhooks/github' })
    expect(elsewhere.text).toContain('missing      App: sends webhooks nowhere, or not to Phoenix')
    const absent = await run({}, { repositories: ['nobody/nothing'] })
    expect(absent.text).toContain('missing      nobody/nothing: the App is not installed on it')
    const personal = await run({}, { app: null, token: 'app-token' })
    expect(personal.text).toContain('Phoenix is known by a personal token')
    expect(personal.text).not.toContain('app-token')
  })

  it('of a forge that does not answer knows nothing, and shows nothing for right', async () => {
    const { code, lines } = await run({}, { apiUrl: 'http://127.0.0.1:9' })
    expect(saying(lines, 'ok')).toEqual([])
    expect(code).toBe(2)
  })
})

it('the rulesets that it prints pin the check and leave live to the App alone', () => {
  const [main, owned, forward] = wantedRulesets(4711)
  expect(JSON.stringify(main)).toContain('{"context":"phoenix/gate","integration_id":4711}')
  expect([main?.bypass_actors, forward?.bypass_actors]).toEqual([[], []])
  expect(owned?.bypass_actors).toEqual([
    { actor_id: 4711, actor_type: 'Integration', bypass_mode: 'always' },
  ])
})

it('looks at no installation whose address is not https', async () => {
  const environment = { FORGE_TOKEN: 'x', PUBLIC_URL: 'http://phoenix.example' }
  await expect(doctorSettings(environment, ['dbis/gitops'])).rejects.toThrow('not https')
})

it('looks at the repository of every tenant, page by page, and shows its token to nobody else', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    const items = [{ repository: `acme/${asked.length}` }]
    const next = asked.length < 3 ? `https://evil.example/v1/tenants?cursor=${asked.length}` : null
    return Response.json({ items, next })
  })
  try {
    const environment = { FORGE_TOKEN: 'x', PUBLIC_URL: 'https://p.example', PHOENIX_TOKEN: 'y' }
    const { repositories } = await doctorSettings(environment, [])
    expect(repositories).toEqual(['acme/1', 'acme/2', 'acme/3'])
    const at = 'https://p.example/v1/tenants?'
    expect(asked).toEqual([`${at}limit=200`, `${at}cursor=1`, `${at}cursor=2`])
  } finally {
    vi.unstubAllGlobals()
  }
})
