// What the API says about itself holds: every route is in the document, every reference resolves, every page is complete.
import { describe, expect, it } from 'vitest'
import { createWorld } from '../../functions/simulator/edge-world.ts'
import { problems } from '../../schemas/problems.ts'
import { rules } from '../../schemas/rules.ts'
import { registerChangeRoutes } from './changes.ts'
import { registerResourceRoutes } from './resources.ts'
import { registerWebhookRoutes } from './webhooks.ts'

const world = createWorld({
  register: (app) => {
    registerChangeRoutes(app)
    registerResourceRoutes(app)
    registerWebhookRoutes(app)
  },
})
const json = { accept: 'application/json' }
const html = { accept: 'text/html,application/xhtml+xml' }

interface Document {
  openapi: string
  paths: Record<string, Record<string, { operationId: string; responses: object }>>
  components: { schemas: Record<string, unknown> }
}
const document = async (): Promise<Document> =>
  (await (await world.send('GET', '/v1/openapi.json')).json()) as Document

describe('the OpenAPI document', () => {
  it('is 3.1 and names every route of /v1', async () => {
    const { openapi, paths } = await document()
    expect(openapi).toBe('3.1.0')
    const said = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
    )
    const served = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(said.filter((route) => route.includes(' /v1/')).sort()).toEqual(
      [...new Set(served)].sort(),
    )
  })

  it('has no reference into nowhere and no operation id twice', async () => {
    const whole = await document()
    const text = JSON.stringify(whole)
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(0)
    expect(
      names.filter((name) => name === undefined || !(name in whole.components.schemas)),
    ).toEqual([])
    const ids = Object.values(whole.paths).flatMap((verbs) =>
      Object.values(verbs).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is readable as a page without anything from elsewhere', async () => {
    const page = await (await world.send('GET', '/docs')).text()
    const { paths, components } = await document()
    for (const path of Object.keys(paths)) expect(page).toContain(path)
    for (const name of Object.keys(components.schemas))
      expect(page).toContain(`id="schema-${name}"`)
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    expect(page).not.toContain('<script')
    expect(page).not.toContain('style="')
  })
})

describe('problem types and rules', () => {
  it.each(Object.keys(problems))('the problem %s resolves', async (name) => {
    const body = await (await world.send('GET', `/problems/${name}`, { headers: json })).json()
    expect(body).toMatchObject({ type: `http://127.0.0.1:8787/problems/${name}`, name })
  })

  it.each(Object.keys(rules))('the rule %s resolves', async (id) => {
    const body = await (await world.send('GET', `/rules/${id}`, { headers: json })).json()
    expect(body).toMatchObject({ id, severity: rules[id as keyof typeof rules].severity })
  })

  it('are pages for browsers, under a policy that allows nothing foreign', async () => {
    for (const path of ['/problems', '/problems/not-found', '/rules', '/rules/CAPACITY']) {
      const response = await world.send('GET', path, { headers: html })
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      const page = await response.text()
      expect(page).toMatch(/^<!doctype html><html lang="en">/)
      expect(page).toContain('stand-ins are simulated')
    }
    const style = await world.send('GET', '/style.css')
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  })

  it('know no others', async () => {
    for (const path of ['/problems/constructor', '/rules/toString', '/problems/x']) {
      expect((await world.send('GET', path)).status).toBe(404)
    }
  })
})

describe('health', () => {
  it('is ok without any dependency; readiness names each one', async () => {
    expect((await world.send('GET', '/healthz')).status).toBe(200)
    const ready = await world.send('GET', '/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({
      ready: false,
      dependencies: {
        ...{ directory: 'ok', forge: 'unreachable', backOffice: 'unreachable' },
        identityProviders: 'absent',
      },
      findings: [],
    })
  })

  it('says outside a laptop that nothing is exported, where nothing is', async () => {
    const said = 'BACKUPS is not set: nothing is exported.'
    const findingsWith = async (env: { BACKUPS?: string }) =>
      (await createWorld({ laptop: false, env }).send('GET', '/readyz')).text()
    expect(await findingsWith({})).toContain(said)
    expect(await findingsWith({ BACKUPS: 'functions' })).not.toContain(said)
  })

  it('tells absent, denied and unreachable apart', async () => {
    const answers: Record<string, number> = { '/rate_limit': 401, '/api/health': 200 }
    const local = async (input: RequestInfo | URL): Promise<Response> =>
      new Response(null, {
        status: answers[new URL(String(input)).pathname.replace('/api/v3', '')] ?? 500,
      })
    const denied = createWorld({ env: { LOCAL: { fetch: local as typeof fetch } } })
    expect(await (await denied.send('GET', '/readyz')).json()).toMatchObject({
      dependencies: { forge: 'denied', backOffice: 'ok' },
    })
    const absent = createWorld({ env: { BACK_OFFICE_URL: '' } })
    expect(await (await absent.send('GET', '/readyz')).json()).toMatchObject({
      dependencies: { backOffice: 'absent' },
    })
  })

  it('counts for operators only', async () => {
    expect((await world.send('GET', '/metrics')).status).toBe(401)
    const metrics = await (await world.send('GET', '/metrics', { token: world.operator })).text()
    expect(metrics).toMatch(/^phoenix_problems_total\{problem="unauthenticated"\} \d+$/m)
    expect(metrics).toMatch(/^phoenix_requests_total\{method="GET",status="401"\} \d+$/m)
  })
})
