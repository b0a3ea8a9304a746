// Clusters in Azure Arc from the request to what Azure says, over the real Functions and the stand-in of Azure Resource Manager: the
// agents' key is given out once and kept nowhere. What Flux does on them: flux-configurations.test.ts.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { REGION } from '../../functions/simulator/edge-world.ts'
import { CreateArcCluster, clusterVerbs } from '../../schemas/arc.ts'
import { createArcWorld, PLACE } from './arc-world.fixture.ts'

beforeEach(() => {
  for (const method of ['log', 'error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const CLUSTERS = '/v1/tenants/acme/arc/clusters'
const PROVIDERS = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/${PLACE.resourceGroup}/providers`
const open = async () => {
  const on = await createArcWorld()
  await on.put()
  await on.world.create('/v1/regions', REGION)
  for (const name of ['lab', 'aks'])
    await on.world.create('/v1/clusters', {
      name,
      region: REGION.name,
      engine: 'flux',
      standIn: true,
    })
  const register = (more: object = {}, key?: string) =>
    on.api('POST', CLUSTERS, {
      body: { name: 'lab-arc', cluster: 'lab', distribution: 'k3s', ...more },
      ...(key === undefined ? {} : { key }),
    })
  /** An AKS cluster that is there: it costs no key. */
  const registerAks = async (): Promise<string> => {
    const path = `${PROVIDERS}/Microsoft.ContainerService/managedClusters/prod`
    const properties = { provisioningState: 'Succeeded', powerState: { code: 'Running' } }
    const aks = { id: path, name: 'prod', type: 'x', properties }
    on.arc.standIn.state.resources.set(path.toLowerCase(), aks)
    const made = await register({ name: 'prod', cluster: 'aks', kind: 'managed' })
    expect(made.body.connect).toBeNull()
    for (let looks = 0; looks < 3; looks += 1) await on.pass(30)
    return made.body.cluster.id
  }
  const stateOf = async (id: string) => (await on.api('GET', `${CLUSTERS}/${id}`)).body.state
  return { ...on, register, registerAks, stateOf }
}
describe('a cluster', () => {
  it('that Azure does not have is looked for every few seconds, and now and then when it does not come', async () => {
    const on = await open()
    let looks = 0
    const office = on.world.env.LOCAL?.fetch ?? fetch
    on.world.env.LOCAL = {
      fetch: (...asked) => {
        looks += String(asked[0]).endsWith(clusterVerbs.readCluster.path) ? 1 : 0
        return office(...asked)
      },
    }
    const made = await on.register({ name: 'prod', cluster: 'aks', kind: 'managed' })
    const looksIn = async (minutes: number) => {
      looks = 0
      for (let at = 0; at < 6 * minutes; at += 1) await on.pass(10)
      return looks
    }
    expect(await looksIn(10)).toBeGreaterThan(15)
    await looksIn(55)
    expect(await looksIn(30)).toBeLessThan(10)
    expect(await on.stateOf(made.body.cluster.id)).toBe('connecting')
  })

  const openTo = async (owner: string | null) => {
    const on = await open()
    await on.world.createTenant('globex', { basesOn: ['aks'] })
    const { token } = await on.world.createToken('globex', 'owner', { member: 'gina' })
    const place = { ...PLACE, resourceGroup: 'phoenix-globex' }
    await on.put('globex', place)
    if (owner !== null)
      await on.api('PATCH', '/v1/clusters/lab', {
        ...{ body: { owner }, token: on.world.operator, headers: { 'if-match': '*' } },
      })
    const ask = (body: object, path = '') =>
      on.api('POST', `/v1/tenants/globex/arc/clusters${path}`, {
        ...{ body: { name: 'theirs', distribution: 'k3s', ...body }, token },
      })
    return { ...on, ask }
  }

  it('is registered by nobody who has no base on it and does not own it', async () => {
    const on = await openTo('acme')
    for (const kind of ['connected', 'managed']) {
      const refused = await on.ask({ cluster: 'lab', kind })
      expect([refused.status, refused.body.type?.split('/').at(-1)]).toEqual([403, 'forbidden'])
      expect(refused.text).not.toContain('acme')
    }
    const listed = await on.api('GET', '/v1/tenants/globex/arc/clusters', {
      token: on.world.operator,
    })
    expect(listed.body.items ?? []).toEqual([])
    const none = await on.ask({ cluster: 'nowhere' })
    expect([none.status, none.body.errors]).toMatchObject([422, [{ pointer: '/cluster' }]])
  })

  it('is registered by whoever has a base on it, and by its owner', async () => {
    const on = await openTo('globex')
    expect((await on.ask({ name: 'one', cluster: 'aks', kind: 'managed' })).status).toBe(201)
    expect((await on.ask({ name: 'two', cluster: 'lab', kind: 'managed' })).status).toBe(201)
  })

  it('gives no other key to whoever has lost it', async () => {
    const on = await openTo('globex')
    const made = await on.ask({ cluster: 'lab' })
    expect(made.status).toBe(201)
    await on.api('PATCH', '/v1/clusters/lab', {
      ...{ body: { owner: null }, token: on.world.operator, headers: { 'if-match': '*' } },
    })
    const path = `/${made.body.cluster.id}/keys`
    expect((await on.ask({}, path)).status).toBe(403)
  })
})

describe('a connected cluster', () => {
  it('gets a key of 4,096 bits, whose private half is shown once and is nowhere afterwards', async () => {
    const on = await open()
    const made = await on.register({}, 'one')
    expect([made.status, made.body.cluster.state]).toEqual([201, 'waiting'])
    const values = JSON.parse(made.body.connect.values)
    const pem: string = values.global.onboardingPrivateKey
    const key = createPrivateKey(pem)
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(4096)
    const again = await on.register({}, 'one')
    expect([again.body.cluster.id, again.body.connect]).toEqual([made.body.cluster.id, null])
    await on.pass(1)
    const id = made.body.cluster.id as string
    const path = `${PROVIDERS}/Microsoft.Kubernetes/connectedClusters/lab-arc`
    const held = on.arc.standIn.state.resources.get(path.toLowerCase())
    const own = createPublicKey(key).export({ type: 'pkcs1', format: 'der' }).toString('base64')
    expect(held?.properties.agentPublicKeyCertificate).toBe(own)
    expect(held?.tags).toEqual({ 'phoenix-cluster': id })
    // The first lines say the modulus, which is no secret.
    const body = pem.split('\n')[20] ?? ''
    expect(body).toHaveLength(64)
    expect(on.stored()).not.toContain(body)
    expect((await on.api('GET', `${CLUSTERS}/${id}`)).text).not.toContain('PRIVATE')
    for (let looks = 0; looks < 6; looks += 1) await on.pass(30)
    expect(await on.stateOf(id)).toBe('connected')
    const rekeyed = await on.api('POST', `${CLUSTERS}/${id}/keys`)
    expect(rekeyed.status).toBe(409)
  })

  it('is removed when Azure says so', async () => {
    const on = await open()
    const { id } = (await on.register()).body.cluster
    for (let looks = 0; looks < 4; looks += 1) await on.pass(30)
    const gone = () => on.api('DELETE', `${CLUSTERS}/${id}`, { headers: { 'if-match': '*' } })
    expect((await gone()).body.state).toBe('removing')
    for (let looks = 0; looks < 4; looks += 1) await on.pass(30)
    expect(await on.stateOf(id)).toBe('removed')
    expect(on.arc.standIn.state.resources.size).toBe(0)
  })

  it('leaves alone what has its name in Azure and is somebody else’s', async () => {
    const on = await open()
    const path = `${PROVIDERS}/Microsoft.Kubernetes/connectedClusters/lab-arc`
    const theirs = {
      id: path,
      name: 'lab-arc',
      type: 'x',
      location: 'westeurope',
      properties: { simulatedSince: '2026-01-01' },
    }
    on.arc.standIn.state.resources.set(path.toLowerCase(), theirs)
    const { id } = (await on.register()).body.cluster
    await on.pass(1)
    const read = (await on.api('GET', `${CLUSTERS}/${id}`)).body
    expect([read.state, read.fault]).toEqual(['error', 'tags'])
    await on.api('DELETE', `${CLUSTERS}/${id}`, { headers: { 'if-match': '*' } })
    for (let looks = 0; looks < 3; looks += 1) await on.pass(70)
    const gone = (await on.api('GET', `${CLUSTERS}/${id}`)).body
    expect([gone.state, gone.fault]).toEqual(['removed', 'tags'])
    expect(gone.next).toContain('left alone')
    expect(on.arc.standIn.state.resources.get(path.toLowerCase())).toBe(theirs)
  })

  it('is connected by Microsoft’s own command instead: nothing is registered before it, and its tag makes it ours', async () => {
    const on = await open()
    const made = await on.register({ connectBy: 'cli' })
    expect([made.status, made.body.connect]).toEqual([201, null])
    const { id, next } = made.body.cluster
    expect(next).toContain(`az connectedk8s connect --subscription '${PLACE.subscriptionId}'`)
    expect(next).toContain(`--name 'lab-arc'`)
    expect(next).toContain(`--distribution 'k3s' --tags 'phoenix-cluster=${id}'`)
    for (let looks = 0; looks < 4; looks += 1) await on.pass(30)
    expect(on.arc.standIn.state.resources.size).toBe(0)
    expect((await on.api('GET', `${CLUSTERS}/${id}`)).body).toMatchObject({
      ...{ state: 'connecting', fault: null, next },
    })
    const path = `${PROVIDERS}/Microsoft.Kubernetes/connectedClusters/lab-arc`
    const come = (tags: object) =>
      on.arc.standIn.state.resources.set(path.toLowerCase(), {
        ...{ id: path, name: 'lab-arc', type: 'x', location: 'westeurope', tags },
        properties: { provisioningState: 'Succeeded', simulatedSince: '2026-01-01T00:00:00Z' },
      } as never)
    come({})
    await on.pass(400)
    const steps = async () => (await on.api('GET', `${CLUSTERS}/${id}`)).body.updatedAt
    const first = await steps()
    for (let looks = 0; looks < 4; looks += 1) await on.pass(400)
    expect([await on.stateOf(id), await steps()]).toEqual(['error', first])
    come({ 'phoenix-cluster': id })
    await on.pass(400)
    expect(await on.stateOf(id)).toBe('connected')
    expect((await on.api('POST', `${CLUSTERS}/${id}/keys`)).status).toBe(409)
  })

  it('is the same under its Idempotency-Key as before there was another way: an upgrade comes between', () => {
    const asked = { name: 'lab-arc', cluster: 'lab', kind: 'connected', distribution: 'k3s' }
    // What its fingerprint is of.
    expect(CreateArcCluster.parse(asked)).toEqual(asked)
  })

  it('is refused where it cannot be', async () => {
    const on = await open()
    for (const more of [
      ...[{ cluster: 'nowhere' }, { name: 'a b' }, { name: '../x' }],
      ...[{ distribution: 'mine' }, { kind: 'other' }],
    ])
      expect((await on.register(more)).status, JSON.stringify(more)).toBe(422)
  })

  it('is asked for by owners and admins of a tenant with a place alone', async () => {
    const on = await open()
    const requester = (await on.world.createToken('acme', 'requester', { member: 'rita' })).token
    const asked = { body: { name: 'lab-arc', cluster: 'lab' }, token: requester }
    expect((await on.api('POST', CLUSTERS, asked)).status).toBe(403)
    expect((await on.api('GET', CLUSTERS, { token: requester })).status).toBe(200)
  })
})

describe('an AKS cluster', () => {
  it('is looked at, and is never deleted', async () => {
    const on = await open()
    const id = await on.registerAks()
    expect(await on.stateOf(id)).toBe('connected')
    const removed = await on.api('DELETE', `${CLUSTERS}/${id}`, {
      headers: { 'if-match': '*' },
    })
    expect(removed.body.state).toBe('removed')
    expect(on.arc.standIn.state.resources.size).toBe(1)
  })
})
