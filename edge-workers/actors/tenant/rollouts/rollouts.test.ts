// A system in phases, over HTTP: what opens when, what stops it, what people report, and what is refused.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { testBook } from '../../../../gitops/cost/book.fixture.ts'
import type { ChangeView } from '../../../../schemas/change.ts'
import type { RolloutView } from '../../../../schemas/rollout.ts'

vi.mock('../../../../templates/systems/catalogue.ts', async () => {
  const { sampleSystems } = await import('./sample.fixture.ts')
  const { phaseTemplate } = await import('../../../../templates/systems/phase-template.ts')
  const phases = sampleSystems.flatMap((system) =>
    system.phases.map((phase) => phaseTemplate(system, phase)),
  )
  return {
    systems: sampleSystems,
    earlierPhases: [],
    renderingPhases: [],
    findSystem: (name: string) => sampleSystems.find((system) => system.name === name),
    findPhaseTemplate: (name: string) => phases.find((template) => template.name === name),
  }
})

/** GiB: more than half of what a host of these sites gives away. */
const HALF = 60

type Answer = RolloutView & {
  type?: string
  findings?: { rule: string; message: string; pointer?: string }[]
  errors?: { pointer: string; rule?: string }[]
  items?: RolloutView[]
}
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

let keys = 0
const call = async (
  method: string,
  path: string,
  {
    body,
    key,
    token = world.tokens.requester,
  }: { body?: unknown; key?: string; token?: string } = {},
) => {
  keys += 1
  const response = await world.http(method, `/v1/tenants/acme/rollouts${path}`, {
    ...{ token, key: key ?? `k-${keys}` },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}
const ask = (parameters: object = {}, more: { system?: string; key?: string } = {}) =>
  call('POST', '', {
    body: { system: more.system ?? 'sample', parameters },
    ...(more.key ? { key: more.key } : {}),
  })
const begin = async (parameters: object = {}) => {
  const { status, body } = await ask(parameters)
  expect(status, JSON.stringify(body)).toBe(202)
  await world.settle()
  return String(body.id)
}
const read = async (id: string) => (await call('GET', `/${id}`)).body
const states = async (id: string) =>
  Object.fromEntries((await read(id)).phases.map((phase) => [phase.id, phase.state]))
const report = async (id: string, key: string, inputs: object = { count: 1 }) => {
  const [phase, task] = key.split('/')
  const answer = await call('POST', `/${id}/phases/${phase}/tasks/${task}`, { body: { inputs } })
  await world.settle()
  return answer
}
const level = async (id: string) => {
  await report(id, 'ground/survey')
  await report(id, 'ground/level')
}
const changeOf = async (id: string, phase: string): Promise<ChangeView & { id: string }> => {
  const found = (await read(id)).phases.find((candidate) => candidate.id === phase)
  return world.read(String(found?.change?.id))
}
/** Approves, merges, and has the engine report every component of the phase's change. */
const apply = async (id: string, phase: string, state: 'healthy' | 'failed' = 'healthy') => {
  const landed = await world.land((await changeOf(id, phase)).id)
  for (const { cluster, component } of landed.targets)
    await world.report(landed, state, { cluster, component })
  await world.settle()
}
const met = (id: string) =>
  call('POST', `/${id}/prerequisites/contract`, { body: { state: 'met', evidence: 'No. 7' } })

describe('a rollout', () => {
  it('opens each phase when the one before is healthy, and is done after the last', async () => {
    const id = await begin()
    expect(await states(id)).toEqual({ ground: 'acting', first: 'waiting', second: 'waiting' })
    await level(id)
    expect(await states(id)).toEqual({ ground: 'healthy', first: 'open', second: 'waiting' })
    expect((await read(id)).phases[2]?.change).toBeNull()
    await met(id)
    await world.settle()
    expect((await read(id)).phases[2]?.change).toBeNull()
    await apply(id, 'first')
    expect(await states(id)).toEqual({ ground: 'healthy', first: 'healthy', second: 'open' })
    await apply(id, 'second')
    expect(await states(id)).toMatchObject({ second: 'acting' })
    await report(id, 'second/inspect')
    expect(await read(id)).toMatchObject({ state: 'done', next: [] })
    expect((await changeOf(id, 'first')).totals).toMatchObject({ vms: 1, cores: 1 })
  })

  it('says of each phase what it waits on and who must act, as a graph too', async () => {
    const { phases, graph, next } = await read(await begin())
    expect(phases[0]?.waitsOn).toEqual([
      { kind: 'task', id: 'ground/survey', who: 'the engineer', what: 'Do survey' },
      { kind: 'task', id: 'ground/level', who: 'the engineer', what: 'Do level' },
    ])
    expect(phases[2]?.waitsOn.map(({ kind, id, who }) => [kind, id, who])).toEqual([
      ['phase', 'first', 'phoenix'],
      ['prerequisite', 'contract', 'the lawyer'],
    ])
    expect(graph.edges).toEqual(
      expect.arrayContaining([
        { from: 'task/ground/survey', to: 'task/ground/level' },
        { from: 'phase/ground', to: 'phase/first' },
        { from: 'prerequisite/contract', to: 'phase/second' },
      ]),
    )
    expect(next.map(({ who, what }) => `${who}: ${what}`)).toEqual([
      'the engineer: Do survey',
      'the lawyer: A signed contract',
      'the requester: pause',
      'the requester: abort',
    ])
  })

  it('is the same again under the same key; another body is refused', async () => {
    const first = await ask({}, { key: 'same' })
    const again = await ask({}, { key: 'same' })
    expect([again.status, again.body.id]).toEqual([202, first.body.id])
    expect((await ask({ cores: 2 }, { key: 'same' })).body.type).toContain('idempotency-key-reused')
    expect((await call('GET', '')).body.items).toHaveLength(1)
  })

  it('sent twice at once under one key is one', async () => {
    const both = await Promise.all([ask({}, { key: 'twin' }), ask({}, { key: 'twin' })])
    expect(both.map(({ status }) => status)).toEqual([202, 202])
    expect(both[0].body.id).toBe(both[1].body.id)
  })

  it('goes on when its phase is healed by another change than its own', async () => {
    const id = await begin()
    await level(id)
    await apply(id, 'first')
    const update = await world.propose({
      ...{ action: 'update', template: 'sample/first', name: 'sample-first' },
      parameters: { cores: 2 },
    })
    const landed = await world.land(update.id)
    await met(id)
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'degraded', second: 'waiting' })
    for (const { cluster, component } of landed.targets)
      await world.report(landed, 'healthy', { cluster, component })
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'healthy', second: 'open' })
  })

  it('keeps its order through lost alarms: what is due is asked again and opened once', async () => {
    const id = await begin()
    await level(id)
    for (let again = 0; again < 3; again += 1) await world.settle()
    const list = await world.send('GET', '/changes')
    expect(list.body.items).toHaveLength(1)
  })
})

describe('what a rollout costs', () => {
  it('is the sum over its phases: all of it in the preview, and from the first look on afterwards', async () => {
    await world.keepBook(testBook())
    const preview = await call('POST', '?validateOnly=true', { body: { system: 'sample' } })
    const { now, after, difference } = preview.body.cost
    expect(now).toMatchObject({ leastMinor: 0, mostMinor: 0, priceBook: 'test@1' })
    // The sites are of the tier edge. Two machines, each 9.00 for a vCPU, 4.00 for a GiB, and 0.05 for each GiB of disk.
    const disk = (preview.body.phases[1]?.totals?.disk.value ?? 0) * 2
    expect(after).toMatchObject({ leastMinor: 2 * 1300 + disk * 5, unpriced: [] })
    expect(difference).toEqual(after)
    const id = await begin()
    expect((await read(id)).cost).toEqual({ now, after, difference })
    await level(id)
    // One phase has its change by now, the other is as it was planned.
    expect((await read(id)).cost).toEqual({ now, after, difference })
    await met(id)
    await world.settle()
    await apply(id, 'first')
    await apply(id, 'second')
    const done = (await read(id)).cost
    expect(done).toEqual({
      now: after,
      after,
      difference: { ...after, leastMinor: 0, mostMinor: 0 },
    })
  })
})

describe('a phase that fails', () => {
  it('stops the rest, and gets another attempt when the rollout is resumed', async () => {
    const id = await begin()
    await level(id)
    await met(id)
    await world.decide('reject', (await changeOf(id, 'first')).id)
    await world.settle()
    const failed = await read(id)
    expect(failed).toMatchObject({ state: 'failed' })
    expect(failed.reason).toContain('First machine')
    expect(failed.phases[2]).toMatchObject({ state: 'waiting', change: null })
    expect((await call('POST', `/${id}/resume`)).status).toBe(200)
    await world.settle()
    expect((await read(id)).phases[1]).toMatchObject({ state: 'open', attempt: 2 })
    await apply(id, 'first')
    expect(await states(id)).toMatchObject({ first: 'healthy', second: 'open' })
  })

  it('on its cluster stops the rest as well', async () => {
    const id = await begin()
    await level(id)
    await met(id)
    await apply(id, 'first', 'failed')
    expect(await read(id)).toMatchObject({ state: 'failed' })
    expect((await read(id)).phases[2]?.change).toBeNull()
  })
})

describe('what fails on its cluster', () => {
  it('goes on by itself when the engine heals it', async () => {
    const id = await begin()
    await level(id)
    await met(id)
    await apply(id, 'first', 'failed')
    expect(await read(id)).toMatchObject({ state: 'failed' })
    const broken = await changeOf(id, 'first')
    for (const { cluster, component } of broken.targets)
      await world.report(broken, 'healthy', { cluster, component })
    await world.settle()
    expect(await read(id)).toMatchObject({ state: 'running', reason: null })
    expect(await states(id)).toMatchObject({ first: 'healthy', second: 'open' })
  })

  it('waits for the engine when it is resumed before that', async () => {
    const id = await begin()
    await level(id)
    await apply(id, 'first', 'failed')
    const broken = await changeOf(id, 'first')
    await call('POST', `/${id}/resume`)
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'opening' })
    for (const { cluster, component } of broken.targets)
      await world.report(broken, 'healthy', { cluster, component })
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'healthy' })
  })
})

describe('people', () => {
  it('pause and resume', async () => {
    const id = await begin()
    expect((await call('POST', `/${id}/pause`)).body.state).toBe('paused')
    await level(id)
    expect(await states(id)).toMatchObject({ ground: 'healthy', first: 'opening' })
    expect((await read(id)).phases[1]?.change).toBeNull()
    // Whoever has lost the answer asks again.
    for (const _ of ['once', 'again'])
      expect(await call('POST', `/${id}/resume`)).toMatchObject({
        ...{ status: 200, body: { state: 'running' } },
      })
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'open' })
  })

  it('abort: what is not merged is withdrawn, what is applied stands', async () => {
    const id = await begin()
    await level(id)
    const { id: change } = await changeOf(id, 'first')
    expect((await call('POST', `/${id}/abort`)).body.state).toBe('aborted')
    await world.settle()
    expect((await world.read(change)).state).toBe('closed')
    expect((await call('POST', `/${id}/resume`)).status).toBe(409)
    expect((await ask()).status).toBe(202)
  })

  it('of the tenant other than the requester order nothing, but owners and admins', async () => {
    const id = await begin()
    const sven = await world.tokenOf('sven', 'requester')
    expect((await call('POST', `/${id}/abort`, { token: sven })).status).toBe(403)
    expect((await call('POST', `/${id}/pause`, { token: world.tokens.owner })).status).toBe(200)
  })

  it('ask again for what was taken away, and anew when nothing is left', async () => {
    const id = await begin()
    await level(id)
    await met(id)
    await apply(id, 'first')
    await apply(id, 'second')
    await report(id, 'second/inspect')
    expect((await read(id)).state).toBe('done')
    const remove = async (name: string, template: string) => {
      const body = { action: 'delete', template, name }
      for (let half = 0; half < 2; half += 1) {
        const preview = await world.send('POST', '/changes?validateOnly=true', { body })
        const { destroys } = preview.body.plan ?? {}
        const { id: change } =
          half === 0
            ? await world.propose({ ...body, confirm: destroys?.digest })
            : { id: (await world.send('GET', `/changes?name=${name}`)).body.items?.[0]?.id ?? '' }
        const landed = await world.land(String(change))
        for (const { cluster, component } of landed.targets)
          await world.report(landed, 'healthy', { cluster, component })
        await world.settle()
      }
    }
    await remove('sample-first', 'sample/first')
    expect(await states(id)).toMatchObject({ first: 'failed' })
    expect((await ask()).body.errors?.[0]?.rule).toBe('SYSTEM-UNIQUE')
    await call('POST', `/${id}/resume`)
    await world.settle()
    expect(await states(id)).toMatchObject({ first: 'open', second: 'healthy' })
    await call('POST', `/${id}/abort`)
    await world.settle()
    expect((await ask()).status).toBe(202)
  })

  it('report tasks in order, once, in the form asked for', async () => {
    const id = await begin()
    const early = await report(id, 'ground/level')
    expect([early.status, early.body.findings?.map(({ rule }) => rule)]).toEqual([
      422,
      ['TASK-ORDER'],
    ])
    expect((await report(id, 'second/inspect')).body.findings?.[0]?.rule).toBe('TASK-ORDER')
    const wrong = await report(id, 'ground/survey', { count: 0 })
    expect([wrong.status, wrong.body.errors?.[0]?.pointer]).toEqual([422, '/inputs/count'])
    expect((await report(id, 'ground/survey', { count: 1, more: 1 })).status).toBe(422)
    expect((await report(id, 'ground/survey')).status).toBe(200)
    expect((await report(id, 'ground/survey')).status).toBe(200)
    expect((await report(id, 'ground/survey', { count: 2 })).status).toBe(200)
    await report(id, 'ground/level')
    expect((await report(id, 'ground/survey', { count: 3 })).status).toBe(409)
    expect((await read(id)).phases[0]?.tasks[0]?.reported).toEqual({ count: 2 })
    expect((await report(id, 'ground/none')).status).toBe(404)
  })

  it('who are none report nothing', async () => {
    const id = await begin()
    const token = await world.tokenOf('bot', 'requester', { person: false })
    const answer = await call('POST', `/${id}/phases/ground/tasks/survey`, {
      ...{ token, body: { inputs: { count: 1 } } },
    })
    expect(answer.status).toBe(403)
  })

  it('read what to do, and what is for people outside', async () => {
    const id = await begin()
    const text = async (path: string) => {
      const response = await world.http('GET', `/v1/tenants/acme/rollouts/${id}/${path}`, {
        token: world.tokens.auditor,
      })
      return [response.status, response.headers.get('content-type'), await response.text()]
    }
    const [status, type, runbook] = await text('runbook')
    expect([status, type]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(runbook).toContain('- [ ] **A signed contract** (contract) — the lawyer.')
    expect(runbook).toContain('Order early: 2 weeks or more.')
    expect(runbook).toContain('1. Do survey.')
    expect((await text('documents/card'))[2]).toBe('{"name":"sample"}')
    expect((await text('documents/nothing'))[0]).toBe(404)
    expect((await text('documents/constructor'))[0]).toBe(404)
  })
})

describe('what is refused, with nothing written', () => {
  const refused = async (parameters: object, system?: string) => {
    const { status, body } = await ask(parameters, system ? { system } : {})
    expect((await call('GET', '')).body.items).toEqual([])
    return [status, body.errors?.map(({ rule, pointer }) => `${rule ?? ''} ${pointer}`)]
  }

  it('a system that does not exist', async () => {
    expect(await refused({}, 'none')).toEqual([422, ['SYSTEM-UNKNOWN /system']])
  })

  it('parameters outside their limits', async () => {
    expect(await refused({ cores: 0 })).toEqual([422, [' /parameters/cores']])
  })

  it('a last phase that cannot be placed, before the first is asked for', async () => {
    expect(await refused({ secondSite: 'none' })).toEqual([422, ['SITE-UNKNOWN /parameters']])
  })

  it('phases that fit each alone but not together', async () => {
    const { status, body } = await ask({ memory: HALF, secondSite: 'lab-01' })
    expect([status, body.errors?.map(({ rule }) => rule)]).toEqual([422, ['CAPACITY']])
    expect(body.findings?.[0]?.message).toContain('Second machine')
    expect((await ask({ memory: HALF, secondSite: 'lab-02' })).status).toBe(202)
  })

  it('a system asked for twice', async () => {
    await begin()
    const { status, body } = await ask()
    expect([status, body.findings?.map(({ rule }) => rule)]).toEqual([422, ['SYSTEM-UNIQUE']])
  })

  it('a system whose ground is missing, not healthy, or sick again', async () => {
    const message = async () => (await ask({}, { system: 'annex' })).body.findings?.[0]?.message
    expect(await message()).toBe('sample is missing: nobody has asked for it here.')
    const id = await begin()
    await level(id)
    await met(id)
    expect(await message()).toBe('sample is not healthy: 1 of its 3 phases are.')
    await apply(id, 'first')
    await apply(id, 'second')
    await report(id, 'second/inspect')
    const first = await changeOf(id, 'first')
    const [target] = first.targets
    await world.report(first, 'degraded', { component: target?.component ?? '' })
    expect(await message()).toBe('sample is not healthy: 2 of its 3 phases are.')
    await world.report(first, 'healthy', { component: target?.component ?? '' })
    expect((await ask({}, { system: 'annex' })).status).toBe(202)
  })

  it('a name that another rollout or an open change has', async () => {
    await world.propose(world.vmRequest('sample-second'))
    const { status, body } = await ask()
    expect([status, body.errors?.map(({ rule, pointer }) => `${rule} ${pointer}`)]).toEqual([
      422,
      ['NAME-UNIQUE /name'],
    ])
  })

  it('a phase asked for outside its rollout', async () => {
    for (const template of ['sample', 'sample/first']) {
      const { status, body } = await world.request({ action: 'create', template, name: 'x' })
      expect([status, body.findings.map(({ rule }) => rule)]).toEqual([422, ['ROLLOUT-ONLY']])
    }
  })

  it('another resource’s machine of the same name', async () => {
    await world.apply(world.vmRequest('sample-one'))
    const { status, body } = await ask()
    expect([status, new Set(body.errors?.map(({ rule }) => rule))]).toEqual([
      422,
      new Set(['NAME-UNIQUE']),
    ])
  })
})

describe('what would be destroyed', () => {
  it('is confirmed before anything is asked for', async () => {
    const id = await begin({ spare: true })
    await level(id)
    await apply(id, 'first')
    await call('POST', `/${id}/abort`)
    await world.settle()
    const preview = await call('POST', '?validateOnly=true', { body: { system: 'sample' } })
    const { confirm } = preview.body
    expect(confirm).toMatch(/^sha256:/)
    const without = await ask()
    expect([without.status, without.body.type]).toEqual([
      422,
      expect.stringContaining('confirm-required'),
    ])
    const made = await call('POST', '', { body: { system: 'sample', confirm } })
    expect(made.status).toBe(202)
    await world.settle()
    await level(String(made.body.id))
    expect(await states(String(made.body.id))).toMatchObject({ first: 'open' })
  })
})

describe('ground that another tenant has laid', () => {
  it('counts when the operators say so, and only while it is healthy', async () => {
    await world.createTenant('other', { basesOn: ['lab'] })
    const { token } = await world.createToken('other', 'requester')
    const annex = () =>
      world.http('POST', '/v1/tenants/other/rollouts?validateOnly=true', {
        ...{ token, body: { system: 'annex' } },
      })
    const id = await begin()
    await level(id)
    await met(id)
    await apply(id, 'first')
    await apply(id, 'second')
    expect((await annex()).status).toBe(422)
    const patch = (foundations: object[]) =>
      world.http('PATCH', '/v1/tenants/other', {
        ...{ token: world.operator, headers: { 'if-match': '*' }, body: { foundations } },
      })
    const sample = { system: 'sample', tenant: 'acme' }
    for (const wrong of [
      [{ ...sample, system: 'none' }],
      [{ ...sample, tenant: 'none' }],
      [{ ...sample, tenant: 'other' }],
      [sample, sample],
    ])
      expect((await patch(wrong)).status, JSON.stringify(wrong)).toBe(422)
    const patched = await patch([sample])
    const shown = await patched.text()
    expect(shown).toContain('"foundations":["sample"]')
    expect(shown).not.toContain('acme')
    expect((await annex()).status).toBe(422)
    await report(id, 'second/inspect')
    expect((await annex()).status).toBe(200)
  })
})
