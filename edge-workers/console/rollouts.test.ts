// Rollouts as pages: whom each phase waits on, the forms in which people report, and who may not send them.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { siteOf } from '../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { judgeContradictions } from '../../gitops/contradictions/contradictions.ts'
import type { RolloutView, TaskView } from '../../schemas/rollout.ts'
import { findSystem } from '../../templates/index.ts'
import { readTaskForm } from './task-form.tsx'

const system = findSystem('smom-dbis-138')
if (!system) throw new Error('no system')
const requires = [...system.requires]
const ORIGIN = 'http://127.0.0.1:8787'

let world: TenantWorld
let id: string
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  // What it stands on has rollouts of its own; here it stands alone.
  system.requires = []
  const quota = { vms: 500, cores: 500, memoryMiB: 1e6, diskGiB: 1e5 }
  world = await createTenantWorld({ tenant: { quota } })
  for (const site of ['r630-01', 'ml110-01']) await world.create('/v1/sites', siteOf(site))
  const body = { system: 'smom-dbis-138', parameters: { domain: 'smom.example.org' } }
  const asked = await world.http('POST', '/v1/tenants/acme/rollouts', {
    ...{ token: world.tokens.requester, key: 'rollout', body },
  })
  expect(asked.status).toBe(202)
  id = ((await asked.json()) as { id: string }).id
  await world.settle()
})
afterAll(() => {
  system.requires = requires
})

type Person = keyof TenantWorld['tokens']
const cookie = (person: Person) => ({ cookie: `phoenix_token=${world.tokens[person]}` })
const get = async (path: string, person: Person = 'requester') => {
  const answer = await world.http('GET', path, { headers: cookie(person) })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
const post = async (
  path: string,
  fields: Record<string, string> = {},
  { person = 'requester', origin = ORIGIN }: { person?: Person; origin?: string } = {},
) => {
  const answer = await world.http('POST', path, {
    body: new URLSearchParams(fields).toString(),
    headers: { ...cookie(person), origin, 'content-type': 'application/x-www-form-urlencoded' },
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}
const at = () => `/t/acme/rollouts/${id}`
const rollout = async (): Promise<RolloutView> => {
  const { requester: token } = world.tokens
  return (
    await world.http('GET', `/v1${at().replace('/t/', '/tenants/')}`, { token })
  ).json() as Promise<RolloutView>
}

describe('the pages', () => {
  it('list the tenant’s rollouts', async () => {
    const { status, text } = await get('/t/acme/rollouts')
    expect(status).toBe(200)
    expect(text).toContain(`href="${at()}"`)
    expect(text).toContain('0 of 4 healthy')
  })

  it('are found by short ways as well', async () => {
    for (const [short, own] of [
      ['/rollouts', '/t/acme/rollouts'],
      ['/changes', '/t/acme/changes'],
    ] as const) {
      const { status, headers } = await get(short)
      expect([status, headers.get('location')]).toEqual([303, own])
    }
  })

  it('stand where the API says they stand', async () => {
    const { links } = await rollout()
    expect(links.page).toBe(at())
    expect((await get(links.page ?? '')).status).toBe(200)
  })

  it('draw every phase and prerequisite, and name whom each waits on', async () => {
    const { text } = await get(at())
    const { phases, prerequisites } = await rollout()
    for (const phase of phases) expect(text).toContain(`id="phase-${phase.id}"`)
    for (const row of prerequisites) expect(text).toContain(`id="prerequisite-${row.id}"`)
    expect(text.match(/<rect /g)).toHaveLength(phases.length + prerequisites.length)
    expect(text).toContain('<strong>the platform operator</strong>')
    expect(text).not.toContain('style="')
    expect(text).not.toMatch(/<script(?! type="module" src="\/live\.js")/)
  })

  it('give forms to those who may use them only', async () => {
    expect((await get(at())).text).toContain('Report as done')
    const [, main] = (await get(at(), 'auditor')).text.split('<main')
    expect(main).toContain('Who must act')
    expect(main).not.toMatch(/<button|<form/)
  })

  it('are nobody else’s', async () => {
    expect((await get(`/t/other/rollouts/${id}`)).status).toBe(404)
    expect((await get('/t/other/rollouts')).status).toBe(404)
    expect((await get(`/t/acme/rollouts/rol_${'a'.repeat(26)}`)).status).toBe(404)
    const nobody = await world.http('GET', at())
    expect([nobody.status, nobody.headers.get('location')]).toEqual([
      303,
      `/sign-in?next=${encodeURIComponent(at())}`,
    ])
  })

  it('are followed by an event stream of the rollout', async () => {
    const stream = await world.http('GET', `${at()}/events`, { headers: cookie('requester') })
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    const first = await stream.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toContain('event: ')
  })
})

describe('a form', () => {
  const task = () => `${at()}/phases/platform/tasks/crossplane-connected`

  it('from elsewhere is refused', async () => {
    for (const path of [`${at()}/pause`, task(), `${at()}/prerequisites/ccip-access`])
      expect((await post(path, {}, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await rollout()).state).toBe('running')
  })

  it('is sent by a browser with the origin of its page: the page’s policy lets it', async () => {
    expect((await get(at())).headers.get('referrer-policy')).toBe('same-origin')
    expect((await post(`${at()}/pause`, {}, { origin: 'null' })).status).toBe(403)
  })

  it('of somebody who may not is refused', async () => {
    const { status, text } = await post(`${at()}/pause`, {}, { person: 'auditor' })
    expect(status).toBe(409)
    expect(text).toContain('role="alert"')
    expect((await rollout()).state).toBe('running')
  })

  it('with what does not fit says where', async () => {
    const { status, text } = await post(task(), { 'in.hostsReached': 'many' })
    expect(status).toBe(409)
    expect(text).toContain('/inputs/hostsReached')
    expect(text).toContain('/inputs/providerConfig')
    expect(text).toContain('value="many"')
  })

  it('pauses and resumes', async () => {
    const paused = await post(`${at()}/pause`)
    expect([paused.status, paused.headers.get('location')]).toEqual([303, at()])
    expect((await rollout()).state).toBe('paused')
    expect((await get(at())).text).toContain(`action="${at()}/resume"`)
    expect((await get(at())).text).toContain('<strong>the requester</strong>: <span>resume</span>')
    await post(`${at()}/resume`)
    expect((await rollout()).state).toBe('running')
  })

  it('says that something from outside is there', async () => {
    const evidence = 'ticket 4711 <b>'
    const { status } = await post(`${at()}/prerequisites/ccip-access`, { state: 'met', evidence })
    expect(status).toBe(303)
    const { text } = await get(at())
    expect(text).toContain('ticket 4711 &lt;b&gt;')
    expect((await post(`${at()}/prerequisites/ccip-access`, { state: 'maybe' })).status).toBe(409)
  })

  it('reports a task, after which the next phase’s change is linked both ways', async () => {
    const done = await post(task(), { 'in.providerConfig': 'proxmox', 'in.hostsReached': '2' })
    expect([done.status, done.headers.get('location')]).toEqual([303, `${at()}#phase-platform`])
    await world.settle()
    const { phases } = await rollout()
    const change = phases.find(({ id: phase }) => phase === 'nodes')?.change
    expect(change?.pullRequest).toMatch(/^http/)
    const { text } = await get(at())
    expect(text).toContain(`href="/changes/${change?.id}"`)
    expect(text).toContain(`href="${change?.pullRequest}"`)
    expect((await get(`/changes/${change?.id}`)).text).toContain(`href="${at()}"`)
    expect((await get('/t/acme/changes')).text).toContain(`href="${at()}"`)
    const page = (await get(`/changes/${change?.id}`)).text
    expect(page).toContain('id="contradictions"')
    for (const { rule } of judgeContradictions('smom-dbis-138'))
      expect(page).toContain(`href="/rules/${rule}?`)
    const view = await world.read(change?.id ?? '')
    expect([view.rollout, view.links.rollout]).toEqual([id, `/v1/tenants/acme/rollouts/${id}`])
  })

  it('for an address that is none is a page that says so', async () => {
    expect((await post(`${at()}/phases/platform/tasks/nothing`)).status).toBe(404)
    expect((await post(`${at()}/prerequisites/nothing`, { state: 'met' })).status).toBe(404)
  })
})

describe('the fields of a task', () => {
  const inputs: TaskView['inputs'] = {
    properties: {
      name: { type: 'string' },
      count: { type: 'integer' },
      chain: { type: 'number', const: 138 },
      kind: { enum: ['a', 'b'] },
      ok: { type: 'boolean' },
      list: { type: 'array' },
      more: { type: 'string' },
    },
  }
  const read = (fields: Record<string, string>) => readTaskForm(inputs, new URLSearchParams(fields))

  it('become what the schema names', () => {
    expect(
      read({
        ...{ 'in.name': ' 12 ', 'in.count': '3', 'in.chain': '138', 'in.kind': 'a' },
        ...{ 'in.ok': 'true', 'in.list': '[{"x":1}]', 'in.more': '', other: 'x' },
      }),
    ).toEqual({ name: '12', count: 3, chain: 138, kind: 'a', ok: true, list: [{ x: 1 }] })
  })

  it('stay text where they are no number or no JSON: the schema refuses them', () => {
    expect(read({ 'in.count': 'three', 'in.list': '[' })).toEqual({ count: 'three', list: '[' })
  })
})
