// Exceptions from rules, from the request to the day after their last: files in Git that somebody else approved.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Outage } from '../../../schemas/result.ts'

vi.mock('../../../templates/systems/catalogue.ts', async () => {
  const real = await vi.importActual<object>('../../../templates/systems/catalogue.ts')
  const { forgetfulStorage } = await import('../../../templates/forgetful-storage.fixture.ts')
  const findPhaseTemplate = (name: string) =>
    name === 'forgetful-storage' ? forgetfulStorage : undefined
  return { ...real, findPhaseTemplate }
})

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const DAY = 86_400_000
const pass = (days: number) => vi.setSystemTime(Date.now() + days * DAY)
const REASON = 'The trial ends before the data matter.'
const exception = (parameters: object = {}, rest: object = {}) => ({
  ...{ action: 'create', template: 'rule-exception', name: 'trial' },
  parameters: {
    ...{ rule: 'STORAGE-TLS', resource: 'documents', owner: 'olga', reason: REASON },
    ...{ expires: '2026-12-01', ...parameters },
  },
  ...rest,
})
const storage = (name = 'documents', azureName = 'acmedocuments', rest: object = {}) => ({
  ...{ action: 'create', template: 'forgetful-storage', name, ...rest },
  parameters: { location: 'westeurope', azureName },
})
interface Refused {
  type: string
  errors?: { pointer: string; rule?: string }[]
  findings?: { rule: string; severity: string; exception?: object; url?: string }[]
}
const ask = async (body: object) => {
  const answer = await world.request(body)
  return { status: answer.status, body: answer.body as unknown as Refused }
}
const blocking = ({ body }: { body: Refused }) =>
  (body.findings ?? []).flatMap(({ rule, severity }) => (severity === 'block' ? [rule] : []))
const grant = (parameters: object = {}, rest: object = {}) =>
  world.propose(exception(parameters, rest)).then(({ id }) => world.land(id))
const filesAtLive = () =>
  world.memory.filesOf('live').filter((path) => path.startsWith('exceptions/'))
const page = async (path: string) => {
  const headers = { cookie: `phoenix_token=${world.tokens.requester}`, accept: 'text/html' }
  const answer = await world.http('GET', path, { headers })
  return { status: answer.status, text: await answer.text() }
}
const changes = async () => (await world.send('GET', '/changes')).body.items?.length

describe('an exception', () => {
  it('is a file in Git, approved by somebody else, and lets through what was blocked', async () => {
    expect(blocking(await ask(storage()))).toEqual(['STORAGE-TLS'])
    const granted = await grant()
    expect(granted.state).toBe('applied')
    expect(filesAtLive()).toEqual(['exceptions/trial.yaml'])
    const proposed = await world.propose(storage())
    const excused = proposed.findings.find(({ rule }) => rule === 'STORAGE-TLS')
    expect(excused).toMatchObject({
      severity: 'warn',
      exception: { name: 'trial', owner: world.ids.olga, reason: REASON, expires: '2026-12-01' },
    })
    expect((await world.land(proposed.id)).state).toBe('promoted')
  })

  it('excuses nothing before it is promoted, and nobody approves his own', async () => {
    const { id } = await world.propose(exception())
    const own = await world.decide('approvals', id, { token: world.tokens.requester })
    expect(own.status).toBe(403)
    await world.approve(id)
    expect(blocking(await ask(storage()))).toEqual(['STORAGE-TLS'])
  })

  it('for one resource excuses no other; for all it excuses each', async () => {
    await grant()
    expect(blocking(await ask(storage('bills', 'acmebills')))).toEqual(['STORAGE-TLS'])
    await grant({ resource: undefined }, { name: 'everywhere' })
    expect((await ask(storage('bills', 'acmebills'))).status).toBe(202)
  })

  it('excuses what a template says before anything is rendered, rule by rule', async () => {
    await grant({ resource: undefined })
    const early = storage('early', 'acmeearly')
    expect(blocking(await ask(early))).toEqual(['RES-LIMITS'])
    await grant({ rule: 'RES-LIMITS', resource: 'early' }, { name: 'limits' })
    const { id, findings } = await world.propose(early)
    const by = findings.flatMap(({ exception }) => (exception ? [exception.name] : []))
    expect(by.sort()).toEqual(['limits', 'trial'])
    const { text } = await page(`/changes/${id}`)
    expect(text).toContain('Excused until 2026-12-01')
  })

  it('is reachable with what the catalogue has: an image that is not pinned', async () => {
    const parameters = { image: 'registry.example/portal:latest' }
    const portal = { action: 'create', template: 'application', name: 'portal', parameters }
    expect(blocking(await ask(portal))).toEqual(['IMG-PINNED'])
    await grant({ rule: 'IMG-PINNED', resource: 'portal' })
    expect((await ask(portal)).status).toBe(202)
  })

  it('taken back excuses nothing any more', async () => {
    await grant()
    const removal = exception({}, { action: 'delete' })
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: removal })
    await grant({}, { action: 'delete', confirm: body.plan?.destroys?.digest })
    expect(filesAtLive()).toEqual([])
    expect(blocking(await ask(storage()))).toEqual(['STORAGE-TLS'])
  })
})

describe('an exception that has ended', () => {
  it('holds on its last day and blocks on the next, by name', async () => {
    await grant()
    pass(10)
    expect(
      (await world.send('POST', '/changes?validateOnly=true', { body: storage() })).status,
    ).toBe(200)
    pass(1)
    expect(blocking(await ask(storage()))).toEqual(['EXCEPTION-EXPIRED', 'STORAGE-TLS'])
  })

  it('lets nothing be merged that was approved under it, and its gate turns red', async () => {
    await grant()
    const { id } = await world.propose(storage())
    await world.approve(id)
    expect((await world.read(id)).gate.state).toBe('green')
    pass(11)
    const refused = await world.decide('merge', id)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('has changed since')
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'proposed', gate: { state: 'red' } })
    expect((await world.decide('approvals', id)).status).toBe(409)
  })

  it('makes a merge on the forge one that is never applied', async () => {
    await grant()
    const proposed = await world.propose(storage())
    await world.approve(proposed.id)
    pass(11)
    const number = proposed.pullRequest?.number ?? 0
    world.memory.person.merge(number, 'anton')
    await world.hint('closed', { pullNumber: number, merged: true })
    await world.settle()
    expect((await world.read(proposed.id)).state).toBe('merged_unauthorised')
  })

  describe('between merge and promotion', () => {
    /** Merged under the exception, while the forge does not move `live`. */
    const heldUp = async () => {
      await grant()
      const { id } = await world.propose(storage())
      await world.approve(id)
      world.memory.setIntercept((verb, run) =>
        verb === 'moveBranch' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
      )
      await world.insist(world.decide('merge', id))
      await world.settle()
      expect((await world.read(id)).state).toBe('merged')
      return id
    }
    const freed = async (id: string) => {
      world.memory.setIntercept(null)
      pass(1)
      await world.settle()
      return world.read(id)
    }

    it('is promoted while the exception stands', async () => {
      expect((await freed(await heldUp())).state).toBe('promoted')
    })

    it('is not promoted once it has ended', async () => {
      const id = await heldUp()
      pass(11)
      const change = await freed(id)
      expect(change).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
      expect(change.reason).toContain('exception trial no longer stands')
    })

    it('is not promoted once it was withdrawn', async () => {
      const id = await heldUp()
      const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
      rows?.exec("UPDATE resources SET state = 'removed' WHERE name = 'trial'")
      expect(await freed(id)).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
    })
  })

  it('goes on when its end is moved, and that is approved', async () => {
    await grant()
    pass(11)
    expect((await grant({ expires: '2027-01-15' }, { action: 'update' })).state).toBe('applied')
    expect((await ask(storage())).status).toBe(202)
  })
})

describe('what is no exception', () => {
  it.each([
    ['without an end', { expires: undefined }, '/parameters/expires'],
    ['with an end that is no day', { expires: '2026-02-30' }, '/parameters/expires'],
    ['without an owner', { owner: undefined }, '/parameters/owner'],
    ['without a reason', { reason: '' }, '/parameters/reason'],
    [
      'with a reason that starts a new line',
      { reason: 'It is needed.\nApproved: yes' },
      '/parameters/reason',
    ],
    ['for a resource that cannot be', { resource: '../x' }, '/parameters/resource'],
    ['from a rule that is no id', { rule: '<b>STORAGE-TLS</b>' }, '/parameters/rule'],
  ])('%s is refused with a pointer, and nothing is written', async (_what, more, pointer) => {
    const { status, body } = await ask(exception(more))
    expect([status, body.type]).toEqual([
      422,
      expect.stringContaining('/problems/invalid-parameters'),
    ])
    expect(body.errors?.map((error) => error.pointer)).toEqual([pointer])
    expect(await changes()).toBe(0)
  })

  it.each([
    [
      'a rule that may not be excused',
      { rule: 'SECRET-PLAINTEXT' },
      'EXCEPTION-RULE',
      '/parameters/rule',
    ],
    ['a rule that does not exist', { rule: 'NO-SUCH-RULE' }, 'EXCEPTION-RULE', '/parameters/rule'],
    ['an owner whom nobody knows', { owner: 'nobody' }, 'EXCEPTION-OWNER', '/parameters/owner'],
    ['an end in the past', { expires: '2026-11-20' }, 'EXCEPTION-TERM', '/parameters/expires'],
    ['an end too far away', { expires: '2027-11-23' }, 'EXCEPTION-TERM', '/parameters/expires'],
  ])('%s is refused at planning, and nothing is written', async (_what, more, rule, pointer) => {
    const { status, body } = await ask(exception(more))
    expect([status, body.type]).toEqual([422, expect.stringContaining('/problems/plan-blocked')])
    expect(body.errors).toEqual([expect.objectContaining({ pointer, rule })])
    expect(await changes()).toBe(0)
    expect(filesAtLive()).toEqual([])
  })
})
