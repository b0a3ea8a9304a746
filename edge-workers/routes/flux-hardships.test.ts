// What a Flux configuration goes through in earnest: clusters that go, Azure that is at work, locked or slow, ids of what is gone, and
// tenants that go. Nobody is left with a change that never ends, and nothing is done to another than was asked for.
import { describe, expect, it, vi } from 'vitest'
import { PLACE } from './arc-world.fixture.ts'
import { CLUSTERS, createFluxWorld, quietly, specOf } from './flux-world.fixture.ts'

quietly()

const open = async () => {
  const on = await createFluxWorld()
  const cluster = await on.register()
  const list = `${CLUSTERS}/${cluster}/flux-configurations`
  const flux = () => on.readFlux(cluster, 'phoenix')
  const sql = (query: string) => on.tenants.storageOf(on.tenantId)?.sql.exec(query).toArray() ?? []
  /** Asked for, of whichever door, and promoted. */
  const land = async (asked: ReturnType<typeof on.api>): Promise<string> => {
    const { status, body } = await asked
    if (status !== 202) throw new Error(JSON.stringify(body))
    await on.settle()
    await on.land(body.id)
    return body.id
  }
  const make = (at = list, more: object = {}) =>
    land(on.api('POST', at, { body: { name: 'phoenix', spec: specOf(more) } }))
  const update = async (more: object) =>
    on.api('PATCH', `${list}/${(await flux()).id}`, { body: { spec: specOf(more) } })
  const revert = (id: string) => on.decide('revert', id, { token: on.tokens.owner })
  const stateOf = async (id: string) => (await on.read(id)).state
  /** Puts of a configuration are answered so. */
  const answerPuts = (answer: (url: string) => Response | Promise<Response> | null) => {
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async (url, init) =>
      (init.method === 'PUT' && url.includes('/fluxConfigurations/') && (await answer(url))) ||
      fetch(url, init)
    return () => {
      on.arc.azure.fetch = fetch
    }
  }
  return {
    ...{ ...on, cluster, list, flux, sql, promote: land, make, update, revert, stateOf },
    answerPuts,
  }
}
type Open = Awaited<ReturnType<typeof open>>
const made = async () => {
  const on = await open()
  const change = await on.make()
  await on.wait()
  return { ...on, change }
}
const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: 'x' } }, { status })
const isRefused = ({ status, body }: { status: number; body: { detail?: string } }) => [
  status,
  body.detail,
]

const alarmsOfAnHour = async (on: Open): Promise<number> => {
  let alarms = 0
  for (let turn = 0; turn < 720; turn += 1) {
    on.advance(5)
    vi.setSystemTime(Date.now() + 5_000)
    while (await on.ring()) alarms += 1
  }
  return alarms
}

describe('a change that waits for its cluster', () => {
  const givenUp = async (on: Open, id: string) => {
    expect(await on.stateOf(id)).toBe('failed')
    const reverted = await on.revert(id)
    expect(reverted.status).toBe(202)
    await on.settle()
    await on.land(reverted.body.id ?? '')
    await on.wait()
    expect(await on.stateOf(reverted.body.id ?? '')).toBe('applied')
    expect((await on.flux()).state).toBe('removed')
  }

  it.each(['error', 'expired'])('fails where that is %s, and can be reverted', async (state) => {
    const on = await open()
    on.sql(`UPDATE arc_clusters SET kind = 'connected', state = '${state}', remote = '{}'`)
    on.sql("DELETE FROM outbox WHERE kind = 'read-arc'")
    const id = await on.make()
    await on.wait(20)
    expect((await on.read(id)).reason).toBe(`Its cluster is ${state} in Azure Arc.`)
    await givenUp(on, id)
  })

  it('fails where that went from Azure', async () => {
    const on = await open()
    const { fetch } = on.office
    on.office.fetch = () => Promise.reject(new TypeError('gone'))
    const id = await on.make()
    on.office.fetch = fetch
    on.sql("UPDATE arc_clusters SET kind = 'connected', state = 'removed'")
    await on.wait(30)
    await givenUp(on, id)
  })

  it('fails after an hour of whatever else, and is applied when Azure has taken it', async () => {
    const on = await open()
    const end = on.answerPuts(() => Promise.reject(new TypeError('gone')))
    const id = await on.make()
    for (let turn = 0; turn < 14; turn += 1) await on.pass(300)
    expect(await on.read(id)).toMatchObject({
      ...{ state: 'failed', reason: 'Azure has not taken it within an hour.' },
    })
    end()
    for (let turn = 0; turn < 14; turn += 1) await on.pass(300)
    expect(await on.stateOf(id)).toBe('applied')
  })

  it('is given the hour from when the forge has told what it says', async () => {
    const on = await open()
    const read = vi.spyOn(on.memory.forge, 'readFile').mockRejectedValue(new TypeError('gone'))
    const id = await on.make()
    for (let turn = 0; turn < 15; turn += 1) await on.pass(300)
    on.answerPuts(() => Promise.reject(new TypeError('gone')))
    read.mockRestore()
    for (let turn = 0; turn < 8; turn += 1) await on.pass(300)
    expect(await on.stateOf(id)).toBe('promoted')
    for (let turn = 0; turn < 14; turn += 1) await on.pass(300)
    expect(await on.stateOf(id)).toBe('failed')
  })

  it('costs few alarms while another has replaced it and the forge does not tell by what', async () => {
    const on = await open()
    on.answerPuts(() => refusal(400, 'BadRequest'))
    await on.make()
    await on.wait(2)
    const { body } = await on.update({ syncSeconds: 300 })
    await on.settle()
    vi.spyOn(on.memory.forge, 'readFile').mockRejectedValue(new TypeError('gone'))
    await on.land(body.id)
    expect(await alarmsOfAnHour(on)).toBeLessThan(250)
  })

  it('is applied although its first operation ended denied', async () => {
    const on = await open()
    const { fetch } = on.arc.azure
    let puts = 0
    on.arc.azure.fetch = async (url, init) => {
      if (url.includes('/operationStatus/') && puts === 1)
        return Response.json({ status: 'Failed', error: { code: 'AuthorizationFailed' } })
      const answer = await fetch(url, init)
      if (init.method !== 'PUT' || !url.includes('/fluxConfigurations/')) return answer
      puts += 1
      // The Function has no time to wait for that.
      answer.headers.set('retry-after', '30')
      return answer
    }
    const id = await on.make()
    for (let turn = 0; turn < 8; turn += 1) await on.pass(300)
    expect([puts, await on.stateOf(id)]).toEqual([2, 'applied'])
  })

  it('costs few alarms', async () => {
    const on = await open()
    on.answerPuts(() => Promise.reject(new TypeError('gone')))
    await on.make()
    expect(await alarmsOfAnHour(on)).toBeLessThan(250)
  })

  it('costs none once its cluster is gone from Azure, and says so', async () => {
    const on = await made()
    on.sql("UPDATE arc_clusters SET state = 'removed'")
    await alarmsOfAnHour(on)
    expect((await on.flux()).fault).toBe('cluster-not-ready')
    const due = on.sql("SELECT * FROM outbox WHERE kind = 'read-arc'")
    expect(due).toEqual([])
  })

  it('keeps its cluster from going before it', async () => {
    const on = await open()
    const { body } = await on.api('POST', on.list, { body: { name: 'phoenix', spec: specOf() } })
    await on.settle()
    await on.approve(body.id)
    await on.insist(on.decide('merge', body.id))
    const gone = await on.api('DELETE', `${CLUSTERS}/${on.cluster}`, {
      headers: { 'if-match': '*' },
    })
    expect(isRefused(gone)).toEqual([409, expect.stringContaining(body.id)])
    await on.wait()
    expect(await on.stateOf(body.id)).toBe('applied')
  })
})

it('is given up where its merge can never be applied, and holds up nobody', async () => {
  const on = await open()
  const { body } = await on.api('POST', on.list, { body: { name: 'phoenix', spec: specOf() } })
  await on.settle()
  await on.approve(body.id)
  await on.insist(on.decide('merge', body.id))
  on.sql("UPDATE arc_clusters SET state = 'removed'")
  await on.settle()
  expect(await on.read(body.id)).toMatchObject({
    ...{ state: 'merged', reason: expect.stringContaining('FLUX-CLUSTER') },
  })
  const second = await on.register('second')
  const other = await on.api('POST', `${CLUSTERS}/${second}/flux-configurations`, {
    body: { name: 'other', spec: specOf() },
  })
  await on.settle()
  const reverted = await on.revert(body.id)
  expect(reverted.status).toBe(202)
  await on.settle()
  await on.land(reverted.body.id ?? '')
  await on.land(other.body.id)
  await on.wait()
  expect(await on.stateOf(other.body.id)).toBe('applied')
})

describe('an id', () => {
  it('of what an earlier release made on another cluster is not that of the resource of its name', async () => {
    const on = await made()
    const second = await on.register('second')
    const other = `flx_${'a'.repeat(26)}`
    on.sql(`CREATE TEMP TABLE copied AS SELECT * FROM flux_configurations;
      UPDATE copied SET id = '${other}', arcClusterId = '${second}', requestKey = 'other',
        changeId = NULL, properties = NULL, "commit" = NULL;
      INSERT INTO flux_configurations SELECT * FROM copied`)
    const refused = await on.api(
      'DELETE',
      `${CLUSTERS}/${second}/flux-configurations/${other}?validateOnly=true`,
    )
    expect(isRefused(refused)).toEqual([409, expect.stringContaining('in no file')])
  })

  it('of a removed one is no longer that of the next of its name, and shows no file', async () => {
    const on = await made()
    const old = `${on.list}/${(await on.flux()).id}`
    const { body } = await on.api('DELETE', `${old}?validateOnly=true`)
    const once = () =>
      on.api('DELETE', `${old}?confirm=${body.plan.destroys.digest}`, { key: 'once' })
    const id = await on.promote(once())
    await on.wait()
    expect((await on.api('GET', old)).body).toMatchObject({
      ...{ state: 'removed', file: null, commit: null },
    })
    await on.make()
    await on.wait()
    for (const asked of [
      await on.api('DELETE', `${old}?validateOnly=true`),
      await on.api('PATCH', old, { body: { spec: specOf({ suspend: true }) } }),
    ])
      expect(isRefused(asked)).toEqual([409, expect.stringContaining('It is removed')])
    expect(await once()).toMatchObject({ status: 202, body: { id } })
    expect(on.inAzure('phoenix')).toBeDefined()
  })
})

describe('while Azure', () => {
  it('is at work on it, its change has not failed', async () => {
    const on = await made()
    const { body } = await on.update({ syncSeconds: 300 })
    await on.settle()
    let busy = 2
    on.answerPuts(() =>
      busy-- > 0 ? refusal(409, 'AnotherOperationInProgress') : (null as unknown as Response),
    )
    await on.land(body.id)
    const seen = new Set<string>()
    for (let turn = 0; turn < 12; turn += 1) {
      await on.pass(30)
      seen.add(await on.stateOf(body.id))
    }
    expect([...seen]).toEqual(['promoted', 'applied'])
  })

  it('asks to wait, that is told and not that it is silent', async () => {
    const on = await made()
    on.arc.standIn.simulated.throttle = { requests: 1_000, retryAfterSeconds: 30 }
    await on.pass(400)
    expect((await on.flux()).fault).toBe('throttled')
    expect((await on.resource('phoenix')).health.message).toBe('Azure asks to be asked less often')
  })

  it('has it locked, what has drifted is still told', async () => {
    const on = await made()
    on.inAzure('phoenix').suspend = true
    await on.pass(400)
    on.answerPuts(() => refusal(409, 'ScopeLocked'))
    const restore = `${on.list}/${(await on.flux()).id}/restore`
    await on.api('POST', restore, { headers: { 'if-match': '*' } })
    await on.wait()
    expect(await on.resource('phoenix')).toMatchObject({
      drift: { differences: [{ what: 'phoenix/suspend' }] },
      health: { state: 'degraded', message: 'Azure refuses it: conflict: ScopeLocked' },
    })
  })

  it('is silent, nothing is told of what a later change has made right', async () => {
    const on = await made()
    on.inAzure('phoenix').suspend = true
    await on.pass(400)
    const { body } = await on.update({ suspend: true })
    await on.settle()
    on.office.fetch = () => Promise.reject(new TypeError('gone'))
    await on.land(body.id)
    await on.wait(3)
    expect(await on.resource('phoenix')).toMatchObject({
      ...{ drift: null, health: { message: 'Azure does not answer' } },
    })
  })

  it('could not apply it, that and what has drifted are told', async () => {
    const on = await made()
    const stands = on.inAzure('phoenix')
    stands.gitRepository.url = 'https://evil.example/x'
    stands.provisioningState = 'Failed'
    await on.pass(400)
    expect((await on.resource('phoenix')).drift.differences).toMatchObject([
      { what: 'phoenix/gitRepository/url' },
    ])
  })

  it('refuses a change, the change stays failed when a later one is taken', async () => {
    const on = await made()
    const end = on.answerPuts(() => refusal(400, 'BadRequest'))
    const first = await on.promote(on.update({ syncSeconds: 300 }))
    await on.wait(2)
    expect(await on.stateOf(first)).toBe('failed')
    const second = await on.update({ syncSeconds: 600 })
    end()
    await on.settle()
    await on.land(second.body.id)
    await on.wait(30)
    expect([await on.stateOf(first), await on.stateOf(second.body.id)]).toEqual([
      'failed',
      'applied',
    ])
  })

  /** Of the extension; `ends`: how the operation is said to stand, one look after the other. */
  const installing = (on: Open, ends: string[]) => {
    const { fetch } = on.arc.azure
    const status = `https://management.azure.com/subscriptions/${PLACE.subscriptionId}/providers/Microsoft.KubernetesConfiguration/locations/simulated/operationStatus/none?api-version=2025-03-01`
    const headers = { 'azure-asyncoperation': status, 'retry-after': '60' }
    let state: string | null = null
    const extension = () => ({
      ...{ id: 'x', name: 'flux' },
      properties: { extensionType: 'microsoft.flux', provisioningState: state },
    })
    on.arc.azure.fetch = async (url, init) => {
      if (url === status) {
        const said = ends.length > 1 ? ends.shift() : ends[0]
        state = said ?? null
        const error = said === 'Failed' ? { error: { code: 'HelmFailed', message: 'x' } } : {}
        return Response.json({ status: said, ...error })
      }
      if (!url.includes('/extensions/flux')) return fetch(url, init)
      if (init.method === 'PUT') {
        state = 'Creating'
        return Response.json(extension(), { status: 201, headers })
      }
      return state === null ? refusal(404, 'ResourceNotFound') : Response.json(extension())
    }
  }

  it('installs Flux first, however long that takes, it is put after that', async () => {
    const on = await open()
    installing(on, [...Array(40).fill('InProgress'), 'Succeeded'])
    const id = await on.make()
    await on.wait(4)
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect((await on.flux()).fault).toBeNull()
    for (let turn = 0; turn < 80; turn += 1) await on.pass(60)
    expect(on.inAzure('phoenix')).toBeDefined()
    expect(await on.stateOf(id)).toBe('applied')
  })

  it('cannot install Flux, that is told', async () => {
    const on = await open()
    installing(on, ['Failed'])
    const id = await on.make()
    await on.wait(20)
    expect((await on.flux()).fault).toMatch(/^refused/)
    expect((await on.resource('phoenix')).health.message).toMatch(/^Azure refuses it/)
    expect(['promoted', 'failed']).toContain(await on.stateOf(id))
    expect(on.inAzure('phoenix')).toBeUndefined()
  })

  it('looks each minute and sees the same, the log has no leaf of it', async () => {
    const on = await made()
    const leaves = () => on.sql('SELECT count(*) AS n FROM transitions')[0]?.n
    const before = leaves()
    for (let turn = 0; turn < 40; turn += 1) await on.pass(300)
    expect(leaves()).toBe(before)
    expect(Date.parse((await on.flux()).readAt)).toBeGreaterThan(Date.now() - 900_000)
  })

  it('has nothing where nothing was put, nothing has drifted', async () => {
    const on = await made()
    on.inAzure('phoenix').kustomizations.infra.dependsOn = null
    await on.pass(400)
    expect((await on.flux()).state).toBe('compliant')
  })
})

it('is not restored where Azure would refuse it: what to do is said instead', async () => {
  const on = await made()
  on.inAzure('phoenix').namespace = 'elsewhere'
  await on.pass(400)
  const restore = `${on.list}/${(await on.flux()).id}/restore`
  const refused = await on.api('POST', restore, { headers: { 'if-match': '*' } })
  expect(isRefused(refused)).toEqual([409, expect.stringContaining('/namespace')])
  expect((await on.resource('phoenix')).drift).not.toBeNull()
})

it('follows a cluster that was registered again under its name', async () => {
  const on = await made()
  on.sql("UPDATE arc_clusters SET state = 'removed'")
  const again = await on.register('prod')
  const id = await on.promote(
    on.api('POST', '/changes', {
      body: {
        ...{ action: 'update', template: 'flux-configuration', name: 'phoenix' },
        parameters: { arcCluster: 'prod', ...specOf({ syncSeconds: 300 }) },
      },
    }),
  )
  await on.wait()
  expect(await on.stateOf(id)).toBe('applied')
  expect((await on.flux()).state).toBe('removed')
  expect(await on.readFlux(again, 'phoenix')).toMatchObject({ state: 'compliant', change: id })
})

describe('the deletion of a tenant', () => {
  it('is applied when its engines say so, and not because Azure has removed what was its', async () => {
    const on = await made()
    await on.apply(on.vmRequest('web'))
    const { destroys } = await on.erase('?validateOnly=true')
    const { change } = await on.erase('', { confirm: destroys.digest })
    await on.settle()
    const first = await on.land(change.id)
    for (const { cluster, component } of first.targets)
      await on.report(first, 'healthy', { cluster, component })
    await on.wait(2)
    const second = String(
      on.sql("SELECT id FROM changes WHERE name = 'tenant:deletion' AND follows IS NOT NULL")[0]
        ?.id,
    )
    expect(second).not.toBe(change.id)
    const landed = await on.land(second)
    await on.wait(12)
    expect((await on.flux()).state).toBe('removed')
    expect(await on.stateOf(second)).toBe('promoted')
    for (const { cluster, component } of landed.targets)
      await on.report(landed, 'healthy', { cluster, component })
    await on.wait()
    expect(await on.stateOf(second)).toBe('applied')
  })
})

it('of an earlier release is brought into Git before its tenant goes: Azure would keep it', async () => {
  const on = await made()
  on.sql('UPDATE flux_configurations SET properties = NULL, "commit" = NULL, changeId = NULL')
  on.sql("DELETE FROM resources WHERE name = 'phoenix'")
  const ask = () =>
    on.http('DELETE', '/v1/tenants/acme?validateOnly=true', {
      ...{ token: on.tokens.owner, headers: { 'if-match': '*' } },
    })
  const refused = await ask()
  expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([
    409,
    expect.stringContaining('(phoenix)'),
  ])
  on.sql("UPDATE arc_clusters SET state = 'removed'")
  expect((await ask()).status).toBe(200)
})

it('is waited for before its tenant is gone', async () => {
  const on = await made()
  const { destroys } = await on.erase('?validateOnly=true')
  const { change } = await on.erase('', { confirm: destroys.digest })
  await on.settle()
  const { fetch } = on.office
  on.office.fetch = () => Promise.reject(new TypeError('gone'))
  await on.land(change.id)
  await on.wait(10)
  const read = async () => {
    const answer = await on.http('GET', '/v1/tenants/acme', { token: on.operator })
    return (await answer.json()) as { state: string; stateReason: string | null }
  }
  expect(await read()).toMatchObject({
    ...{ state: 'deleting', stateReason: expect.stringContaining('Flux configurations (phoenix') },
  })
  on.office.fetch = fetch
  for (let turn = 0; turn < 20; turn += 1) await on.pass(300)
  expect(on.inAzure('phoenix')).toBeUndefined()
  expect(await read()).toMatchObject({ state: 'deleted', stateReason: null })
})
