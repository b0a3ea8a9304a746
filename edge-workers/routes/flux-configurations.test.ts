// GitOps by Azure as an infrastructure change, from the request to what Azure Resource Manager holds: a file in Git, put when `live` has
// it and not before, compared with Azure, and taken away with it. Over the real Functions and the stand-in of Azure Resource Manager.
import { describe, expect, it, vi } from 'vitest'
import { CLUSTERS, createFluxWorld, type FluxWorld, quietly, specOf } from './flux-world.fixture.ts'

quietly()

const PATH = 'flux-configurations/phoenix.json'
const open = async () => {
  const on = await createFluxWorld()
  const cluster = await on.register()
  const list = `${CLUSTERS}/${cluster}/flux-configurations`
  const ask = (body: object = { name: 'phoenix', spec: specOf() }, more: object = {}) =>
    on.api('POST', list, { body, ...more })
  const flux = () => on.readFlux(cluster, 'phoenix')
  const fileAt = async (branch: string) =>
    JSON.parse((await on.memory.forge.readFile(PATH, branch)) ?? 'null')
  return { ...on, cluster, list, ask, flux, fileAt }
}
/** Asked for and applied. */
const opened = async () => {
  const on = await open()
  const { body } = await on.ask()
  await on.settle()
  await on.land(body.id)
  await on.wait()
  return { ...on, change: body.id as string }
}
type Open = Awaited<ReturnType<typeof open>>
const remove = async (on: Open) => {
  const one = `${on.list}/${(await on.flux()).id}`
  const preview = await on.api('DELETE', `${one}?validateOnly=true`)
  const digest = preview.body.plan.destroys.digest
  return { one, digest, removed: await on.api('DELETE', `${one}?confirm=${digest}`) }
}

it.each([
  ['laptop', ['Azure Resource Manager is simulated'], true],
  ['cloud', [], false],
] as const)('says what is simulated, in a %s', async (deployment, ofChange, ofHealth) => {
  const on = await open()
  const { id } = (await on.ask()).body
  await on.settle()
  await on.approve(id)
  await on.insist(on.decide('merge', id))
  await on.wait(2)
  on.env.DEPLOYMENT = deployment
  expect(await on.read(id)).toMatchObject({ state: 'applied', simulated: ofChange })
  on.inAzure('phoenix').suspend = true
  await on.wait(12)
  const { body } = await on.api('GET', '/resources/phoenix')
  expect([body.drift?.simulated, body.health.simulated]).toEqual([ofHealth, ofHealth])
})

describe('a request', () => {
  it('makes a change with a pull request of one file, and nothing in Azure', async () => {
    const on = await open()
    const asked = await on.ask()
    expect([asked.status, asked.body.state]).toEqual([202, 'accepted'])
    await on.wait()
    const change = await on.read(asked.body.id)
    expect(change).toMatchObject({ state: 'proposed', template: { name: 'flux-configuration' } })
    const { body } = await on.api('GET', `/changes/${asked.body.id}/files`)
    expect(body.items.map(({ path }: { path: string }) => path)).toEqual([PATH])
    expect(JSON.parse(body.items[0].content)).toMatchObject({
      ...{ tenant: 'acme', name: 'phoenix', arcCluster: 'prod' },
      body: {
        properties: {
          ...{ scope: 'namespace', namespace: 'acme', sourceKind: 'GitRepository' },
          gitRepository: { repositoryRef: { branch: 'live' }, localAuthRef: 'phoenix-git' },
          kustomizations: {
            infra: { path: './clusters/lab/flux', dependsOn: [], prune: true, wait: true },
            apps: { dependsOn: ['infra'], prune: true, wait: true, force: false },
          },
        },
      },
    })
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect(await on.flux()).toBeUndefined()
  })

  it('is the same twice, is a preview, and is one thing under its key', async () => {
    const on = await open()
    const body = { name: 'phoenix', spec: specOf() }
    const preview = await on.api('POST', `${on.list}?validateOnly=true`, { body })
    expect([preview.status, preview.body.id]).toEqual([200, null])
    const [first, again] = [await on.ask(body, { key: 'k' }), await on.ask(body, { key: 'k' })]
    expect([again.status, again.body.id]).toEqual([202, first.body.id])
    const other = await on.register('other')
    const elsewhere = `${CLUSTERS}/${other}/flux-configurations`
    const { body: reused } = await on.api('POST', elsewhere, { body, key: 'k' })
    expect(reused.type.split('/').at(-1)).toBe('idempotency-key-reused')
  })

  it('is refused where its spec is none of ours', async () => {
    const on = await open()
    for (const wrong of [
      specOf({ kustomizations: [] }),
      specOf({ kustomizations: [{ name: 'a', path: '/etc' }] }),
      specOf({ kustomizations: [{ name: 'a', path: 'rendered/../x' }] }),
      specOf({ kustomizations: [{ name: 'a', path: 'rendered/x', dependsOn: ['b'] }] }),
      specOf({ branch: 'main' }),
    ])
      expect((await on.ask({ name: 'x', spec: wrong })).status).toBe(422)
    expect((await on.ask({ name: 'a'.repeat(31), spec: specOf() })).status).toBe(422)
  })

  it('reaches beyond the tenant’s own namespace on a cluster of its own alone', async () => {
    const on = await open()
    for (const [more, field] of [
      [{ namespace: 'kube-system' }, 'namespace'],
      [{ namespace: 'globex' }, 'namespace'],
      [{ scope: 'cluster' }, 'scope'],
    ] as const) {
      const { status, body } = await on.ask({ name: 'wide', spec: specOf(more) })
      expect([status, body.errors]).toMatchObject([
        422,
        [{ rule: 'FLUX-REACH', pointer: `/parameters/${field}` }],
      ])
    }
    await on.http('PATCH', '/v1/clusters/lab', {
      ...{ body: { owner: 'acme' }, token: on.operator, headers: { 'if-match': '*' } },
    })
    const wide = specOf({ namespace: 'flux-system', scope: 'cluster' })
    expect((await on.ask({ name: 'wide', spec: wide })).status).toBe(202)
  })

  it('for a cluster of another tenant is refused as for one that never was', async () => {
    const on = await open()
    await on.createTenant('globex', { basesOn: ['lab'] })
    const { token } = await on.createToken('globex', 'owner', { member: 'gina' })
    const send = async (path: string, body: object) => {
      const answer = await on.http('POST', `/v1/tenants/globex${path}`, { body, token, key: path })
      return { status: answer.status, text: await answer.text() }
    }
    const through = (arcCluster: string) =>
      send('/changes', {
        ...{ action: 'create', template: 'flux-configuration', name: 'theirs' },
        parameters: { arcCluster, ...specOf({ namespace: 'globex' }) },
      })
    const [theirs, never] = [await through('prod'), await through('nope')]
    expect(theirs.status).toBe(422)
    expect(theirs.text).toContain('FLUX-CLUSTER')
    const plain = (text: string) => text.replace(/req_[a-z0-9]+|"instance":"[^"]*"/g, '')
    expect(plain(theirs.text)).toBe(plain(never.text))
    const door = await send(on.list, { name: 'theirs', spec: specOf({ namespace: 'globex' }) })
    expect(door.status).toBe(404)
  })
})

describe('a change that is promoted', () => {
  it('is put as its file at live says, the extension before it, and is then applied', async () => {
    const on = await opened()
    const change = await on.read(on.change)
    expect(change).toMatchObject({ state: 'applied', liveSha: change.mergeSha })
    const { gitRepository, kustomizations } = on.inAzure('phoenix')
    const { properties } = (await on.fileAt('live')).body
    expect(gitRepository).toEqual(properties.gitRepository)
    expect(kustomizations).toEqual(properties.kustomizations)
    const order = on.arc.asked.filter((path) => path.includes('/flux/'))
    expect(order.indexOf('/api/arc/flux/extension')).toBeLessThan(
      order.indexOf('/api/arc/flux/put'),
    )
    expect(order.filter((path) => path === '/api/arc/flux/put')).toHaveLength(1)
    expect(await on.flux()).toMatchObject({
      ...{ state: 'compliant', fault: null, file: PATH, change: on.change },
      commit: change.liveSha,
    })
    expect(await on.resource('phoenix')).toMatchObject({
      ...{ kind: 'flux-configuration', state: 'applied', drift: null, commit: change.liveSha },
      health: { state: 'healthy', message: 'Azure says: compliant' },
    })
  })

  it('follows an update, and stays where it was made', async () => {
    const on = await opened()
    const one = `${on.list}/${(await on.flux()).id}`
    const moved = await on.api('PATCH', one, { body: { spec: specOf({ scope: 'cluster' }) } })
    expect(moved.body.errors.map(({ rule }: { rule: string }) => rule)).toContain('FLUX-FIXED')
    const update = await on.api('PATCH', one, { body: { spec: specOf({ suspend: true }) } })
    expect(update.status).toBe(202)
    await on.settle()
    expect(on.inAzure('phoenix').suspend).toBe(false)
    await on.land(update.body.id)
    await on.wait()
    expect(on.inAzure('phoenix').suspend).toBe(true)
    expect((await on.read(update.body.id)).state).toBe('applied')
    expect(await on.flux()).toMatchObject({ state: 'suspended', change: update.body.id })
  })

  it('is removed from Azure when its removal is promoted, and comes back with the revert of that', async () => {
    const on = await opened()
    const { one, removed } = await remove(on)
    expect(removed.status).toBe(202)
    await on.wait()
    expect(on.inAzure('phoenix')).toBeDefined()
    expect(
      (await on.api('DELETE', `${CLUSTERS}/${on.cluster}`, { headers: { 'if-match': '*' } }))
        .status,
    ).toBe(409)
    await on.land(removed.body.id)
    await on.wait()
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect((await on.read(removed.body.id)).state).toBe('applied')
    expect((await on.api('GET', one)).body.state).toBe('removed')
    expect((await on.api('GET', '/resources/phoenix')).status).toBe(404)
    const revert = await on.insist(on.decide('revert', removed.body.id, { token: on.tokens.owner }))
    await on.settle()
    await on.land(revert.id)
    await on.wait()
    expect(on.inAzure('phoenix')).toBeDefined()
    expect(await on.flux()).toMatchObject({ state: 'compliant', change: revert.id })
  })

  it('is taken away by the revert of what made it', async () => {
    const on = await opened()
    const revert = await on.insist(on.decide('revert', on.change, { token: on.tokens.owner }))
    await on.settle()
    await on.land(revert.id)
    await on.wait()
    expect(on.inAzure('phoenix')).toBeUndefined()
  })

  it('asks for the digest of what goes', async () => {
    const on = await opened()
    const one = `${on.list}/${(await on.flux()).id}`
    const { status, body } = await on.api('DELETE', one)
    expect([status, body.type.split('/').at(-1)]).toEqual([422, 'confirm-required'])
  })
})

describe('what is put', () => {
  it('is what Git says at the commit that was promoted, and nothing where Git says nothing of ours', async () => {
    const on = await open()
    const read = vi.spyOn(on.memory.forge, 'readFile').mockResolvedValue('{}')
    const { body } = await on.ask()
    await on.settle()
    await on.land(body.id)
    await on.wait(2)
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect(await on.read(body.id)).toMatchObject({
      ...{ state: 'failed', reason: `${PATH} is not as Phoenix writes it.` },
    })
    read.mockRestore()
    const again = vi.spyOn(on.memory.forge, 'readFile')
    await on.wait(12)
    const change = await on.read(body.id)
    expect(change.state).toBe('applied')
    expect(again).toHaveBeenCalledWith(PATH, change.liveSha)
  })
})

describe('what Azure has', () => {
  const tamper = (on: FluxWorld) => {
    const stands = on.inAzure('phoenix')
    stands.gitRepository.url = 'https://evil.example/x'
    stands.gitRepository.httpsUser = 'somebody'
    stands.kustomizations.infra.prune = false
    stands.kustomizations.more = { prune: true, path: './more' }
  }

  it('is compared with the file at live: what differs is named, and put back when asked', async () => {
    const on = await opened()
    tamper(on)
    await on.pass(400)
    const fields = ['/gitRepository/httpsUser', '/gitRepository/url', '/kustomizations/infra/prune']
    const read = await on.flux()
    expect(read.state).toBe('drifted')
    expect(read.status.differs.sort()).toEqual([...fields, '/kustomizations/more'])
    const { drift, health } = await on.resource('phoenix')
    expect(health.state).toBe('degraded')
    expect(drift.differences).toHaveLength(4)
    expect(drift.differences[0]).toMatchObject({ where: 'azure', how: 'changed' })
    const page = await on.http('GET', '/t/acme/resources/phoenix', {
      headers: { cookie: `phoenix_token=${on.tokens.owner}` },
    })
    expect(await page.text()).toContain('phoenix/gitRepository/url')
    const restore = `${on.list}/${read.id}/restore`
    const back = await on.api('POST', restore, { headers: { 'if-match': '*' } })
    expect([back.status, back.body.state]).toEqual([200, 'pending'])
    await on.wait()
    expect((await on.flux()).state).toBe('compliant')
    expect((await on.resource('phoenix')).drift).toBeNull()
    const { gitRepository } = on.inAzure('phoenix')
    expect(gitRepository).toEqual((await on.fileAt('live')).body.properties.gitRepository)
  })

  it('or has not any more', async () => {
    const on = await opened()
    const { resources } = on.arc.standIn.state
    for (const path of resources.keys())
      if (path.includes('/fluxconfigurations/')) resources.delete(path)
    await on.pass(400)
    expect(await on.flux()).toMatchObject({ state: 'drifted', fault: 'absent' })
    expect(await on.resource('phoenix')).toMatchObject({
      health: { state: 'degraded', message: 'Azure does not have it' },
      drift: { differences: [{ where: 'azure', what: 'phoenix', how: 'removed' }] },
    })
  })

  it('names the commit that is applied, and the change that made it', async () => {
    const on = await opened()
    const { fluxKind } = await import('../../functions/local/arm/flux.ts')
    const { liveSha } = await on.read(on.change)
    const shown = fluxKind.shown?.(
      { ...{ id: 'x', name: 'phoenix', type: 'x' }, properties: on.inAzure('phoenix') },
      new Date(),
      () => liveSha,
    )
    on.arc.azure.fetch = async (url, init) => {
      const answer = await on.arc.standIn.answer(new Request(url, init))
      return url.includes('/fluxConfigurations/') ? Response.json(shown) : answer
    }
    await on.pass(400)
    const applied = { commit: liveSha, change: on.change, isLive: true }
    expect((await on.flux()).applied).toEqual(applied)
  })
})

describe('while Azure', () => {
  const promoted = async (on: Open) => {
    const { body } = await on.ask()
    await on.settle()
    await on.land(body.id)
    await on.wait(2)
    return body.id as string
  }
  const shown = async (on: Open) => ({
    fault: (await on.flux())?.fault,
    health: (await on.resource('phoenix')).health,
  })

  it('does not answer, the resource says so, and loses nothing', async () => {
    const on = await open()
    const { fetch } = on.office
    on.office.fetch = () => Promise.reject(new TypeError('gone'))
    const id = await promoted(on)
    expect(await shown(on)).toMatchObject({
      ...{ fault: 'unreachable', health: { state: 'degraded', message: 'Azure does not answer' } },
    })
    expect((await on.read(id)).state).toBe('promoted')
    on.office.fetch = fetch
    await on.wait(30)
    expect((await on.read(id)).state).toBe('applied')
    expect(await shown(on)).toMatchObject({ fault: null, health: { state: 'healthy' } })
  })

  it('takes no credential of ours, it is another thing', async () => {
    const on = await open()
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async () =>
      Response.json({ error: { code: 'AuthorizationFailed', message: 'x' } }, { status: 403 })
    const id = await promoted(on)
    expect(await shown(on)).toMatchObject({
      ...{ fault: 'denied', health: { message: 'Azure takes no credential of ours' } },
    })
    on.arc.azure.fetch = fetch
    await on.wait(30)
    expect((await on.read(id)).state).toBe('applied')
  })

  it('refuses what it says, the change has failed, and is applied once it is taken', async () => {
    const on = await open()
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async (url, init) =>
      init.method === 'PUT' && url.includes('/fluxConfigurations/')
        ? Response.json({ error: { code: 'BadRequest', message: 'x' } }, { status: 400 })
        : fetch(url, init)
    const id = await promoted(on)
    expect(await on.read(id)).toMatchObject({
      ...{ state: 'failed', reason: expect.stringContaining('refused') },
    })
    on.arc.azure.fetch = fetch
    await on.wait(30)
    expect((await on.read(id)).state).toBe('applied')
    expect(await shown(on)).toMatchObject({ fault: null, health: { state: 'healthy' } })
  })

  it('does not answer, a removal is not over', async () => {
    const on = await opened()
    const { removed } = await remove(on)
    await on.settle()
    const { fetch } = on.office
    on.office.fetch = () => Promise.reject(new TypeError('gone'))
    await on.land(removed.body.id)
    await on.wait(2)
    expect((await on.read(removed.body.id)).state).toBe('promoted')
    expect(await on.flux()).toMatchObject({ state: 'removing', fault: 'unreachable' })
    on.office.fetch = fetch
    await on.wait(30)
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect((await on.read(removed.body.id)).state).toBe('applied')
  })

  it('throttles, it waits', async () => {
    const on = await open()
    on.arc.standIn.simulated.throttle = { requests: 2, retryAfterSeconds: 30 }
    const id = await promoted(on)
    await on.wait(30)
    expect((await on.read(id)).state).toBe('applied')
  })
})

describe('what is in no file', () => {
  /** As an earlier release left it: put, and known here alone. */
  const openEarlier = async () => {
    const on = await opened()
    const { sql } = on.tenants.storageOf(on.tenantId) ?? {}
    sql?.exec('UPDATE flux_configurations SET properties = NULL, "commit" = NULL, changeId = NULL')
    const earlier = (await on.flux()).id as string
    sql?.exec("DELETE FROM resources WHERE name = 'phoenix'")
    await on.pass(400)
    return { ...on, earlier }
  }

  it('has drifted until a change puts it there', async () => {
    const on = await openEarlier()
    expect(await on.flux()).toMatchObject({
      ...{ id: on.earlier, state: 'drifted', fault: 'not-in-git', file: null },
    })
    const restore = `${on.list}/${on.earlier}/restore`
    const refused = await on.api('POST', restore, { headers: { 'if-match': '*' } })
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('flux-configuration'),
    ])
    expect((await on.flux()).status.objects).toHaveLength(2)
  })

  it('is the same one once a change of its name is promoted, and as that says', async () => {
    const on = await openEarlier()
    const { body } = await on.ask({ name: 'phoenix', spec: specOf({ suspend: true }) })
    await on.settle()
    expect(on.inAzure('phoenix').suspend).toBe(false)
    await on.land(body.id)
    await on.wait()
    expect((await on.read(body.id)).state).toBe('applied')
    const { liveSha } = await on.read(body.id)
    expect(await on.flux()).toMatchObject({
      ...{ id: on.earlier, state: 'suspended', fault: null, file: PATH, change: body.id },
      commit: liveSha,
    })
    expect(on.inAzure('phoenix').suspend).toBe(true)
    expect(await on.resource('phoenix')).toMatchObject({ state: 'applied', drift: null })
  })

  it('stays where it is: a change that would move it is refused', async () => {
    const on = await openEarlier()
    await on.http('PATCH', '/v1/clusters/lab', {
      ...{ body: { owner: 'acme' }, token: on.operator, headers: { 'if-match': '*' } },
    })
    const { status, body } = await on.ask({ name: 'phoenix', spec: specOf({ scope: 'cluster' }) })
    expect([status, body.errors]).toMatchObject([
      422,
      [{ rule: 'FLUX-FIXED', pointer: '/parameters/scope' }],
    ])
  })

  it('is not put', async () => {
    const on = await openEarlier()
    const { sql } = on.tenants.storageOf(on.tenantId) ?? {}
    sql?.exec('UPDATE flux_configurations SET put = 0')
    on.inAzure('phoenix').suspend = true
    await on.pass(400)
    expect(await on.flux()).toMatchObject({ state: 'error', fault: 'not-in-git' })
    expect(on.inAzure('phoenix').suspend).toBe(true)
  })
})

it('goes from Azure with its tenant', async () => {
  const on = await opened()
  const { destroys } = await on.erase('?validateOnly=true')
  const { change } = await on.erase('', { confirm: destroys.digest })
  await on.settle()
  await on.land(change.id)
  await on.wait()
  expect(on.inAzure('phoenix')).toBeUndefined()
})
