// One request for several regions, over HTTP: a canary region, then the group, each a pull request; and what is refused.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  CLUSTER,
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../../schemas/change.ts'
import type { Plan } from '../../../../schemas/plan.ts'
import type { RolloutView } from '../../../../schemas/rollout.ts'

const NORTH = 'north-lab'
const WEST = 'eu-west-lab'
const IMAGE = 'ghcr.io/stefanprodan/podinfo:6.7.1'

type Answer = RolloutView & {
  type?: string
  errors?: { pointer: string; rule?: string; detail: string }[]
}
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld({ tenant: { basesOn: [CLUSTER, 'north'] } })
  await world.create('/v1/regions', {
    ...{ name: NORTH, jurisdiction: 'eu', tier: 'edge', standIn: true },
  })
  await world.create('/v1/clusters', {
    ...{ name: 'north', region: NORTH, engine: 'flux', standIn: true },
  })
})

let keys = 0
const call = async (method: string, path: string, body?: unknown) => {
  keys += 1
  const response = await world.http(method, `/v1/tenants/acme/rollouts${path}`, {
    ...{ token: world.tokens.requester, key: `fleet-${keys}` },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}
const fleet = (more: object = {}, parameters: object = {}) => ({
  ...{ system: 'fleet', name: 'edge' },
  parameters: {
    template: 'application',
    parameters: { image: IMAGE, ...parameters },
    regions: [NORTH, WEST],
    ...more,
  },
})
const begin = async (more: object = {}, parameters: object = {}): Promise<string> => {
  const { status, body } = await call('POST', '', fleet(more, parameters))
  expect(status, JSON.stringify(body)).toBe(202)
  await world.settle()
  return String(body.id)
}
const read = async (id: string) => (await call('GET', `/${id}`)).body
const states = async (id: string) =>
  Object.fromEntries((await read(id)).phases.map((phase) => [phase.id, phase.state]))
const changeOf = async (id: string, phase: string): Promise<ChangeView & { id: string }> => {
  const found = (await read(id)).phases.find((candidate) => candidate.id === phase)
  return world.read(String(found?.change?.id))
}
/** Approves, merges, and has the engine of every cluster that waits for one report. */
const apply = async (id: string, phase: string) => {
  const landed = await world.land((await changeOf(id, phase)).id)
  for (const { cluster, component, state } of landed.targets)
    if (state === 'waiting') await world.report(landed, 'healthy', { cluster, component })
  await world.settle()
  return world.read(landed.id)
}

const planOf = async (id: string): Promise<Plan> => {
  const token = world.tokens.auditor
  const response = await world.http('GET', `/v1/tenants/acme/changes/${id}/plan`, { token })
  return (await response.json()) as Plan
}
const clustersOf = ({ files }: Pick<Plan, 'files'>) =>
  [...new Set(files.map(({ path }) => path.split('/')[1]))].sort()
/** Both regions, all the way. */
const stand = async (more: object = {}) => {
  const id = await begin(more)
  await apply(id, 'canary')
  await apply(id, 'g00')
  expect(await read(id)).toMatchObject({ state: 'done' })
  return id
}
const group = async () => (await world.send('GET', '/resources/edge-g00')).body
const changes = async () => (await world.send('GET', '/changes')).body.items ?? []
const refusal = async (more: object, parameters: object = {}) => {
  const { status, body } = await call('POST', '', fleet(more, parameters))
  expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(await changes()).toEqual([])
  return body.errors?.map(({ pointer, rule }) => [pointer, rule ?? null])
}

describe('a fleet', () => {
  it('goes to the canary region first, and to the group when that is healthy', async () => {
    const id = await begin()
    expect(await states(id)).toEqual({ canary: 'open', g00: 'waiting' })
    const canary = await planOf((await changeOf(id, 'canary')).id)
    expect(canary.fleet).toMatchObject({ changed: 1, unchanged: 0 })
    expect(clustersOf(canary)).toEqual([CLUSTER])
    const landed = await apply(id, 'canary')
    expect(landed.targets.map(({ cluster }) => cluster)).toEqual([CLUSTER])
    expect(await states(id)).toEqual({ canary: 'healthy', g00: 'open' })
    const second = await changeOf(id, 'g00')
    const plan = await planOf(second.id)
    expect(plan.fleet).toMatchObject({ changed: 1, unchanged: 1 })
    expect(clustersOf(plan)).toEqual(['north'])
    expect(plan.targets.map(({ cluster }) => cluster)).toEqual([CLUSTER, 'north'])
    await apply(id, 'g00')
    expect(await read(id)).toMatchObject({ state: 'done' })
    expect(await group()).toMatchObject({ health: { state: 'healthy' } })
  })

  it('shows an approver each class of regions once, in the pull request itself', async () => {
    const id = await begin()
    const { pullRequest } = await changeOf(id, 'canary')
    const body = world.memory.pulls.find(({ number }) => number === pullRequest?.number)?.body
    expect(body).toContain('### Class 1: 1 region alike')
    expect(body).toContain(IMAGE)
  })

  it('stops at a canary that fails', async () => {
    const id = await begin()
    const landed = await world.land((await changeOf(id, 'canary')).id)
    for (const { cluster, component } of landed.targets)
      await world.report(landed, 'failed', { cluster, component })
    await world.settle()
    expect(await states(id)).toEqual({ canary: 'failed', g00: 'waiting' })
    expect(await changes()).toHaveLength(1)
  })

  it('is asked for again to change one region: one pull request, of that region alone', async () => {
    await stand()
    const before = (await changes()).length
    const overrides = { [NORTH]: { replicas: { min: 3, max: 5 } } }
    const id = await begin({ regions: [NORTH], overrides })
    expect(await states(id)).toEqual({ canary: 'open' })
    const plan = await planOf((await changeOf(id, 'canary')).id)
    expect(plan.files.map(({ path, action }) => [path, action])).toEqual([
      ['rendered/north/70-edge/horizontalpodautoscaler-edge.yaml', 'change'],
    ])
    expect(plan.fleet?.classes[0]?.files[0]?.difference).toContain('+  minReplicas: 3')
    const applied = await apply(id, 'canary')
    // The other region has nothing new to report, and keeps what its engine said.
    expect(applied.targets.map(({ cluster, state }) => [cluster, state])).toEqual([
      [CLUSTER, 'healthy'],
      ['north', 'healthy'],
    ])
    expect(await changes()).toHaveLength(before + 1)
    expect(await read(id)).toMatchObject({ state: 'done' })
  })

  it('asked for again as it stands is done at once, without a pull request', async () => {
    await stand()
    const before = (await changes()).length
    const id = await begin()
    expect(await read(id)).toMatchObject({ state: 'done' })
    expect(await changes()).toHaveLength(before)
  })

  it('that was asked for again since is not resumed: it would put back what is older', async () => {
    const id = await stand()
    const image = IMAGE.replace('6.7.1', '6.7.0')
    const later = await begin({}, { image })
    const refused = await call('POST', `/${id}/resume`)
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      ...[409, expect.stringContaining(later)],
    ])
    await apply(later, 'canary')
    await apply(later, 'g00')
    expect((await read(later)).state).toBe('done')
    expect((await call('POST', `/${id}/resume`)).status).toBe(409)
    expect((await call('POST', `/${later}/resume`)).status).toBe(200)
  })

  it('is previewed wave by wave, and nothing is written', async () => {
    const { status, body } = await call('POST', '?validateOnly=true', fleet())
    expect(status).toBe(200)
    expect(body.phases.map(({ id, resource }) => [id, resource])).toEqual([
      ['canary', 'edge-g00'],
      ['g00', 'edge-g00'],
    ])
    expect(await changes()).toEqual([])
  })

  it('says over all waves how many regions are alike: before, while, and in each pull request', async () => {
    const overrides = { [NORTH]: { replicas: { min: 3, max: 5 } } }
    const { body: preview } = await call('POST', '?validateOnly=true', fleet({ overrides }))
    expect(preview.fleet).toEqual({
      ...{ waves: 2, changed: 2, unchanged: 0, ways: 2 },
      classes: [WEST, NORTH].map((first) => ({ regions: 1, first })),
    })
    const id = await begin({ overrides })
    expect((await read(id)).fleet).toEqual(preview.fleet)
    const says = '2 waves together: 2 regions, each different.'
    for (const wave of ['canary', 'g00']) {
      const change = await changeOf(id, wave)
      expect((await planOf(change.id)).fleet?.ofRollout).toEqual(preview.fleet)
      const pull = world.memory.pulls.find(({ number }) => number === change.pullRequest?.number)
      expect(pull?.body).toContain(says)
      await apply(id, wave)
    }
    const cookie = `phoenix_token=${world.tokens.requester}`
    const page = await world.http('GET', `/t/acme/rollouts/${id}`, { headers: { cookie } })
    expect(await page.text()).toContain(says)
    const change = await changeOf(id, 'g00')
    const own = await world.http('GET', `/changes/${change.id}`, { headers: { cookie } })
    expect(await own.text()).toContain(says)
    // What stands already as it should is no class.
    const third = await call('POST', '?validateOnly=true', fleet({ overrides }))
    expect(third.body.fleet).toEqual({ waves: 2, changed: 0, unchanged: 2, ways: 0, classes: [] })
  })

  it('takes all regions of a jurisdiction in which a cluster is, and says which are not', async () => {
    await world.create('/v1/regions', {
      ...{ name: 'south-lab', jurisdiction: 'eu', tier: 'edge', standIn: true },
    })
    const asked = fleet({ regions: { jurisdiction: 'eu' } })
    const { body } = await call('POST', '?validateOnly=true', asked)
    expect(body.phases.map(({ id }) => id)).toEqual(['canary', 'g00'])
    const skipped = body.findings.find(({ rule }) => rule === 'FLEET-SKIPPED')
    expect(skipped?.numbers).toEqual({ meant: 3, taken: 2, skipped: 1 })
  })

  it('counts its pods in the namespace of every cluster on which it stands', async () => {
    await stand()
    for (const cluster of [CLUSTER, 'north']) {
      const parameters = { cluster, image: IMAGE }
      const body = { action: 'create', template: 'application', name: 'other', parameters }
      const { body: preview } = await world.send('POST', '/changes?validateOnly=true', { body })
      const pods = preview.plan?.quota.find(({ kind }) => kind === 'pods')
      expect(pods?.used, cluster).toBe(pods?.asked)
      expect(pods?.used, cluster).toBeGreaterThan(0)
    }
  })

  it('is taken away on every cluster', async () => {
    await stand()
    const body = { action: 'delete', template: 'fleet-group', name: 'edge-g00' }
    const preview = await world.send('POST', '/changes?validateOnly=true', { body })
    const destroys = preview.body.plan?.destroys
    expect(new Set(destroys?.objects.map(({ cluster }) => cluster))).toEqual(
      new Set([CLUSTER, 'north']),
    )
    const { id } = await world.propose({ ...body, confirm: destroys?.digest })
    expect(clustersOf(await planOf(id))).toEqual([CLUSTER, 'north'])
    const landed = await world.land(id)
    for (const { cluster, component } of landed.targets)
      await world.report(landed, 'healthy', { cluster, component })
    await world.settle()
    expect((await world.send('GET', '/resources/edge-g00')).status).toBe(404)
  })

  it('loses a region by an update of its group, which must be confirmed', async () => {
    await stand()
    const parameters = {
      ...{ fleet: 'edge', template: 'application' },
      variants: [{ version: '1.0.0', parameters: { image: IMAGE }, regions: { [WEST]: CLUSTER } }],
    }
    const body = { action: 'update', template: 'fleet-group', name: 'edge-g00', parameters }
    const bare = await world.request(body)
    expect(bare.status).toBe(422)
    const preview = await world.send('POST', '/changes?validateOnly=true', { body })
    const plan = preview.body.plan
    expect(new Set(plan?.destroys?.objects.map(({ cluster }) => cluster))).toEqual(
      new Set(['north']),
    )
    const { id } = await world.propose({ ...body, confirm: plan?.destroys?.digest })
    expect(clustersOf(await planOf(id))).toEqual(['north'])
  })
})

describe('refused, and nothing written', () => {
  it.each([
    [
      'a region without a cluster',
      { regions: [WEST, 'atlantis'] },
      {},
      '/parameters/regions/1',
      'FLEET-REGION',
    ],
    ['machines', { template: 'besu-network' }, {}, '/parameters/template', 'FLEET-TEMPLATE'],
    ['no template at all', { template: 'nothing' }, {}, '/parameters/template', 'FLEET-TEMPLATE'],
    ['an unpublished version', { version: '9.9.9' }, {}, '/parameters/version', 'TEMPLATE-VERSION'],
    ['wrong parameters', {}, { image: 'no image' }, '/parameters/parameters/image', null],
    ['a cluster of one’s own', {}, { cluster: 'lab' }, '/parameters/parameters/cluster', null],
    [
      'a wrong override',
      { overrides: { [NORTH]: { port: 'x' } } },
      {},
      `/parameters/overrides/${NORTH}/port`,
      null,
    ],
    [
      'an override of another region',
      { overrides: { mars: {} } },
      {},
      '/parameters/overrides/mars',
      null,
    ],
    ['a canary of another fleet', { canary: 'mars' }, {}, '/parameters/canary', null],
    ['a region twice', { regions: [WEST, WEST] }, {}, '/parameters/regions', null],
    ['waves of one’s own', { waves: [] }, {}, '/parameters/waves', null],
    [
      'a tier without clusters',
      { regions: { tier: 'core' } },
      {},
      '/parameters/regions',
      'FLEET-REGION',
    ],
  ])('%s', async (_, more, parameters, pointer, rule) => {
    expect(await refusal(more, parameters)).toEqual([[pointer, rule]])
  })

  it('a group outside its rollout', async () => {
    const parameters = { fleet: 'edge', template: 'application', variants: [] }
    const body = { action: 'create', template: 'fleet-group', name: 'edge-g00', parameters }
    const { status, body: answer } = await world.request(body)
    expect(status).toBe(422)
    expect(JSON.stringify(answer)).toContain('ROLLOUT-ONLY')
  })

  it('another number of groups than the fleet has', async () => {
    await stand()
    const { body } = await call('POST', '', fleet({ groups: 7 }))
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/parameters/groups'])
  })

  it('a region that would move to another cluster', async () => {
    await stand()
    await world.create('/v1/clusters', {
      ...{ name: 'north-two', region: NORTH, engine: 'flux', standIn: true },
    })
    const variants = [
      {
        version: '1.0.0',
        parameters: { image: IMAGE },
        regions: { [WEST]: CLUSTER, [NORTH]: 'north-two' },
      },
    ]
    const parameters = { fleet: 'edge', template: 'application', variants }
    const body = { action: 'update', template: 'fleet-group', name: 'edge-g00', parameters }
    const { body: answer } = await world.request(body)
    expect(JSON.stringify(answer)).toMatch(/FLEET-CLUSTER|TENANT-BASE/)
  })
})
