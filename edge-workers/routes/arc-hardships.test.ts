// What machines and clusters in Azure Arc go through in earnest: removals that Azure refuses, groups that are gone, scripts that run
// late, tags that somebody copies, keys and extensions that Azure did not take.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../functions/local/arm/agent.ts'
import { REGION } from '../../functions/simulator/edge-world.ts'
import { type ArcWorld, createArcWorld, PLACE } from './arc-world.fixture.ts'

beforeEach(() => {
  for (const method of ['log', 'error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const CLUSTERS = '/v1/tenants/acme/arc/clusters'
const ANY = { headers: { 'if-match': '*' } }
const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: 'x' } }, { status })

const open = async () => {
  const on = await createArcWorld()
  await on.put()
  const send = (url: string, init: RequestInit) => on.arc.standIn.answer(new Request(url, init))
  /** As the machine does. */
  const run = (script: string) => connect(script, { origin: 'https://management.azure.com', send })
  /** Registered and connected. */
  const connected = async (name: string) => {
    const { machine, link } = await on.register({ name })
    const script = await (await on.visit(link?.url ?? '')).text()
    await run(script)
    return machine
  }
  const remove = (id: string) => on.api('DELETE', `${on.MACHINES}/${id}`, ANY)
  /** Azure answers so, where it answers at all. */
  const answer = (what: (method: string, url: string) => Response | null) => {
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async (url, init) => what(init.method ?? '', url) ?? fetch(url, init)
    return () => {
      on.arc.azure.fetch = fetch
    }
  }
  return { ...on, run, connected, remove, answer }
}

describe('a removal of a machine', () => {
  it('that Azure denies keeps no other machine from being read, and says why', async () => {
    const on = await open()
    const [one, two] = [await on.connected('pve-1'), await on.connected('pve-2')]
    await on.pass(20)
    on.answer((method) => (method === 'DELETE' ? refusal(403, 'AuthorizationFailed') : null))
    await on.remove(one.id)
    on.arc.standIn.become((await on.read(two.id)).resourceId, { status: 'Error' })
    for (let turn = 0; turn < 6; turn += 1) await on.pass(600)
    expect((await on.read(two.id)).state).toBe('error')
    expect(await on.read(one.id)).toMatchObject({ state: 'removing', fault: 'denied' })
  })

  it('that a lock refuses says so until it is gone', async () => {
    const on = await open()
    const { id } = await on.connected('pve-1')
    await on.pass(20)
    const unlock = on.answer((method) => (method === 'DELETE' ? refusal(409, 'ScopeLocked') : null))
    await on.remove(id)
    await on.pass(20)
    expect(await on.read(id)).toMatchObject({
      ...{ state: 'removing', fault: 'ScopeLocked', next: expect.stringContaining('ScopeLocked') },
    })
    unlock()
    for (let turn = 0; turn < 3; turn += 1) await on.pass(80)
    expect(await on.read(id)).toMatchObject({ state: 'removed', fault: null })
  })

  it('has its turn behind ten that are refused', async () => {
    const on = await open()
    const ids: string[] = []
    for (let index = 0; index < 11; index += 1) ids.push((await on.connected(`pve-${index}`)).id)
    await on.pass(20)
    const last = ids.toSorted().at(-1) ?? ''
    const names = new Map(
      await Promise.all(ids.map(async (id) => [id, (await on.read(id)).name] as const)),
    )
    on.answer((method, url) =>
      method === 'DELETE' && !url.includes(`/${names.get(last)}?`)
        ? refusal(409, 'ScopeLocked')
        : null,
    )
    for (const id of ids) await on.remove(id)
    for (let turn = 0; turn < 30; turn += 1) await on.pass(70)
    expect((await on.read(last)).state).toBe('removed')
  })

  it('ends where the resource group is gone', async () => {
    const on = await open()
    const { id } = await on.connected('pve-1')
    await on.pass(20)
    on.answer(() => refusal(404, 'ResourceGroupNotFound'))
    await on.remove(id)
    for (let turn = 0; turn < 6; turn += 1) await on.pass(600)
    expect((await on.read(id)).state).toBe('removed')
  })

  it('is not over because Azure refuses the list: only a group that is gone has none', async () => {
    const on = await open()
    const { id } = await on.connected('pve-1')
    await on.pass(20)
    on.answer((method) =>
      method === 'GET' ? refusal(400, 'InvalidApiVersion') : refusal(409, 'ScopeLocked'),
    )
    await on.remove(id)
    for (let turn = 0; turn < 6; turn += 1) await on.pass(600)
    expect((await on.read(id)).state).toBe('removing')
  })

  it('before its script ran takes away what the script brings later', async () => {
    const on = await open()
    const { machine, link } = await on.register()
    const script = await (await on.visit(link?.url ?? '')).text()
    await on.remove(machine.id)
    await on.pass(20)
    expect((await on.read(machine.id)).next).toContain('What its script connects within a day')
    await on.run(script)
    for (let turn = 0; turn < 6; turn += 1) await on.pass(700)
    expect(on.arc.standIn.state.resources.size).toBe(0)
    expect((await on.read(machine.id)).state).toBe('removed')
  })
})

describe('a machine', () => {
  it('is not another one that somebody gave its tag', async () => {
    const on = await open()
    const { id } = await on.connected('pve-1')
    await on.pass(20)
    const [own] = on.arc.standIn.state.resources.entries()
    if (!own) throw new Error('none')
    const [path, resource] = own
    const copy = { ...structuredClone(resource), id: path.replace('pve-1', 'zzz'), name: 'zzz' }
    copy.properties.status = 'Error'
    on.arc.standIn.state.resources.set(path.replace('pve-1', 'zzz'), copy)
    await on.pass(800)
    expect((await on.read(id)).state).toBe('connected')
    await on.remove(id)
    for (let turn = 0; turn < 6; turn += 1) await on.pass(30)
    expect((await on.read(id)).state).toBe('removed')
    expect([...on.arc.standIn.state.resources.values()]).toEqual([copy])
  })

  it('has no two tags that Azure takes for one', async () => {
    const on = await open()
    const body = { name: 'pve-1', kind: 'host', tags: { rack: 'a', Rack: 'b' } }
    const refused = await on.api('POST', on.MACHINES, { body })
    expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([422, '/tags'])
  })
})

describe('a cluster', () => {
  const openCluster = async () => {
    const on = await open()
    await on.world.create('/v1/regions', REGION)
    await on.world.create('/v1/clusters', {
      ...{ name: 'lab', region: REGION.name, engine: 'flux', standIn: true },
    })
    const body = { name: 'lab-arc', cluster: 'lab', distribution: 'k3s' }
    const register = async () => (await on.api('POST', CLUSTERS, { body })).body.cluster.id
    const cluster = async (id: string) => (await on.api('GET', `${CLUSTERS}/${id}`)).body
    const keyInAzure = () => {
      const [resource] = on.arc.standIn.state.resources.values()
      return resource?.properties.agentPublicKeyCertificate
    }
    const storedKey = () =>
      on.world.tenants
        .storageOf(on.tenantId)
        ?.sql.exec('select agentPublicKey from arc_clusters')
        .toArray()[0]?.agentPublicKey
    return { ...on, register, cluster, keyInAzure, storedKey }
  }

  it('whose other key Azure refuses at first gets it there all the same', async () => {
    const on = await openCluster()
    const id = await on.register()
    await on.pass(1)
    const again = on.answer((method) => (method === 'PUT' ? refusal(409, 'Conflict') : null))
    expect((await on.api('POST', `${CLUSTERS}/${id}/keys`)).status).toBe(201)
    await on.pass(10)
    expect(await on.cluster(id)).toMatchObject({ state: 'error', fault: 'Conflict' })
    again()
    for (let turn = 0; turn < 6; turn += 1) await on.pass(320)
    expect(on.keyInAzure()).toBe(on.storedKey())
  })

  it('does not stay behind where the tenant moves while its other key is not taken', async () => {
    const on = await openCluster()
    const id = await on.register()
    await on.pass(1)
    on.arc.azure.fetch = () => Promise.reject(new TypeError('away'))
    await on.api('POST', `${CLUSTERS}/${id}/keys`)
    expect((await on.put('acme', { ...PLACE, resourceGroup: 'elsewhere' })).status).toBe(409)
  })

  it('that Azure did not finish is asked for again, and says why', async () => {
    const on = await openCluster()
    const id = await on.register()
    await on.pass(1)
    const [resource] = on.arc.standIn.state.resources.values()
    if (!resource) throw new Error('none')
    const stuck = on.answer((method, url) =>
      method === 'GET' && url.includes('/connectedClusters/')
        ? Response.json({
            ...resource,
            properties: {
              ...resource.properties,
              connectivityStatus: undefined,
              provisioningState: 'Failed',
            },
          })
        : null,
    )
    await on.pass(400)
    const read = await on.cluster(id)
    expect([read.state, read.fault, read.next]).toEqual([
      'error',
      'Failed',
      expect.stringContaining('Failed'),
    ])
    stuck()
  })

  /** Azure ends what it begins, and tells of its operations what is said here. */
  const tellOfOperations = (on: ArcWorld, told: () => Response) => {
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async (url, init) => {
      if (url.includes('/operationStatus/')) return told()
      const answer = await fetch(url, init)
      for (const operation of on.arc.standIn.state.operations.values()) {
        if (!operation.ended) operation.finish()
        operation.ended = true
      }
      // The Function has no time to wait for that.
      if (answer.headers.has('azure-asyncoperation')) answer.headers.set('retry-after', '30')
      return answer
    }
  }

  it.each([
    ['denies', () => refusal(403, 'AuthorizationFailed')],
    ['does not tell of', () => refusal(500, 'InternalServerError')],
  ])('whose operation Azure %s is connected and removed all the same', async (_, told) => {
    const on = await openCluster()
    tellOfOperations(on, told)
    const id = await on.register()
    for (let turn = 0; turn < 6; turn += 1) await on.pass(60)
    expect(await on.cluster(id)).toMatchObject({ state: 'connected', fault: null })
    await on.api('DELETE', `${CLUSTERS}/${id}`, ANY)
    for (let turn = 0; turn < 6; turn += 1) await on.pass(60)
    expect((await on.cluster(id)).state).toBe('removed')
  })

  it.each(['AuthorizationFailed', 'InternalServerError'])(
    'whose operation ended with %s is asked for again',
    async (code) => {
      const on = await openCluster()
      let puts = 0
      on.answer((method) => {
        puts += method === 'PUT' ? 1 : 0
        return null
      })
      tellOfOperations(on, () => {
        on.arc.standIn.state.resources.clear()
        const status = puts === 1 ? { status: 'Failed', error: { code } } : { status: 'Succeeded' }
        return Response.json(status)
      })
      await on.register()
      for (let turn = 0; turn < 12; turn += 1) await on.pass(320)
      expect(puts).toBeGreaterThan(1)
    },
  )

  it('that Azure denies says so', async () => {
    const on = await openCluster()
    on.answer(() => refusal(403, 'AuthorizationFailed'))
    const id = await on.register()
    await on.pass(30)
    expect(await on.cluster(id)).toMatchObject({ state: 'waiting', fault: 'denied' })
  })
})
