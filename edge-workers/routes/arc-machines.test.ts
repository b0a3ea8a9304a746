// Machines in Azure Arc from the request to what Azure says, over the real Functions and the stand-in: who may, one download of many
// at once, what gives a link back and what spends it, what is read back, and that the token is nowhere but in the script.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API_VERSIONS } from '../../functions/arm/api-versions.ts'
import { resourcePath } from '../../functions/arm/paths.ts'
import { configIn, connect } from '../../functions/local/arm/agent.ts'
import { SUBSCRIPTION } from '../../functions/simulator/arc/office.ts'
import { machineVerbs } from '../../schemas/arc-machine.ts'
import { ADOPTED } from '../actors/tenant/backup/log-name.ts'
import { BROWSER, CURL, createArcWorld, PLACE } from './arc-world.fixture.ts'

const MACHINE = 'Microsoft.HybridCompute/machines'

beforeEach(() => {
  for (const method of ['log', 'error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const open = async (options: Parameters<typeof createArcWorld>[0] = {}) => {
  const on = await createArcWorld(options)
  expect((await on.put()).status).toBe(200)
  const send = (url: string, init: RequestInit) => on.arc.standIn.answer(new Request(url, init))
  /** As the machine does: takes the script and runs it. */
  const onboard = async (url: string) => {
    const answer = await on.visit(url)
    const script = await answer.text()
    if (answer.status === 200)
      await connect(script, { origin: 'https://management.azure.com', send })
    return { status: answer.status, script }
  }
  return { ...on, onboard }
}
const urlOf = ({ link }: { link: { url: string } | null }): string => link?.url ?? ''

describe('the tenant’s place in Azure', () => {
  it('is set by operators, read by members, and belongs to one tenant', async () => {
    const on = await createArcWorld()
    const path = '/v1/tenants/acme/azure-scope'
    expect((await on.api('GET', path)).status).toBe(404)
    expect((await on.put('acme', PLACE, on.owner)).status).toBe(403)
    expect((await on.put()).body).toMatchObject(PLACE)
    expect((await on.api('GET', path)).body).toMatchObject(PLACE)
    await on.world.createTenant('globex')
    const theirs = await on.put('globex', { ...PLACE, resourceGroup: 'PHOENIX-Acme' })
    expect(theirs).toMatchObject({ status: 409, body: { errors: [{ pointer: '/resourceGroup' }] } })
    const moved = { ...PLACE, resourceGroup: 'phoenix-acme-2' }
    expect((await on.put('acme', moved)).status).toBe(200)
    expect((await on.put('globex')).status).toBe(200)
    expect((await on.put('acme')).status).toBe(409)
  })

  it('is nothing else', async () => {
    const on = await createArcWorld()
    const wrongs = [
      ...[{ subscriptionId: '../x' }, { resourceGroup: 'a/b' }, { resourceGroup: '..' }],
      ...[{ location: 'West Europe' }, { entraTenantId: 'x' }, { more: 1 }],
    ]
    for (const wrong of wrongs) {
      const { status, body } = await on.put('acme', { ...PLACE, ...wrong })
      expect([status, body.errors?.[0].pointer !== undefined], JSON.stringify(wrong)).toEqual([
        ...[422, true],
      ])
    }
  })

  it('does not move while something may be in it', async () => {
    const on = await open()
    const moved = { ...PLACE, resourceGroup: 'elsewhere' }
    await on.onboard(urlOf(await on.register()))
    expect((await on.put('acme', moved)).status).toBe(409)
    expect((await on.put('acme')).status).toBe(200)
  })
})

describe('a machine', () => {
  it('is registered, downloaded, connected, goes offline, is given up, and is removed', async () => {
    const on = await open()
    const { machine, link } = await on.register({ about: 'r630-01/r630-01', tags: { rack: 'A 7' } })
    expect(machine).toMatchObject({ state: 'waiting', remote: null, tags: { rack: 'A 7' } })
    expect(link?.command).toBe(`curl -fsS '${link?.url}' | bash`)
    const { status, script } = await on.onboard(urlOf({ link }))
    expect(status).toBe(200)
    expect(configIn(script)).toMatchObject({
      ...{ 'resource-name': 'pve-1', 'resource-group': PLACE.resourceGroup },
      tags: `rack=A 7,phoenix-machine=${machine.id}`,
    })
    expect(await on.read(machine.id)).toMatchObject({ state: 'downloaded', linkExpiresAt: null })
    await on.pass(20)
    const connected = await on.read(machine.id)
    expect(connected).toMatchObject({
      ...{ state: 'connected', resourceId: expect.stringContaining('/machines/pve-1') },
      remote: { status: 'Connected', agentVersion: '1.0.0-simulated' },
    })
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    const { become } = on.arc.standIn
    become(connected.resourceId, { status: 'Disconnected', lastStatusChange: ago(1) })
    await on.pass(800)
    expect((await on.read(machine.id)).state).toBe('disconnected')
    become(connected.resourceId, { status: 'Error', errorDetails: [{ code: 'AZCM0026' }] })
    await on.pass(800)
    expect(await on.read(machine.id)).toMatchObject({
      state: 'error',
      remote: { errors: ['AZCM0026'] },
    })
    become(connected.resourceId, { status: 'Disconnected', lastStatusChange: ago(46) })
    await on.pass(800)
    expect((await on.read(machine.id)).state).toBe('expired')
    expect((await on.api('POST', `${on.MACHINES}/${machine.id}/links`)).status).toBe(409)

    const path = `${on.MACHINES}/${machine.id}`
    expect((await on.api('DELETE', path)).status).toBe(428)
    expect((await on.api('DELETE', path, { headers: { 'if-match': '"v1"' } })).status).toBe(412)
    on.arc.standIn.simulated.next = { looks: 30 }
    const gone = await on.api('DELETE', path, { headers: { 'if-match': '*' } })
    expect(gone.body.state).toBe('removing')
    await on.pass(1)
    expect((await on.read(machine.id)).state).toBe('removing')
    await on.pass(20)
    await on.pass(20)
    expect(await on.read(machine.id)).toMatchObject({
      ...{ state: 'removed', next: expect.stringContaining('force-local-only') },
    })
    expect(on.arc.standIn.state.resources.size).toBe(0)
    const events = (await on.api('GET', '/v1/tenants/acme/audit?limit=200')).text
    for (const word of ['connected', 'disconnected', 'expired', 'removed'])
      expect(events).toContain(word)
    await on.register()
  })

  it('of the same name in Azure that is another’s is neither taken for ours nor removed', async () => {
    const on = await open()
    const first = await on.register()
    await on.onboard(urlOf(first))
    await on.pass(20)
    const [resource] = on.arc.standIn.state.resources.values()
    if (!resource) throw new Error('none')
    resource.tags = {}
    await on.pass(800)
    expect((await on.read(first.machine.id)).state).toBe('removed')
    const second = await on.register()
    await on.visit(urlOf(second))
    await on.api('DELETE', `${on.MACHINES}/${second.machine.id}`, { headers: { 'if-match': '*' } })
    await on.pass(20)
    expect((await on.read(second.machine.id)).state).toBe('removed')
    expect(on.arc.standIn.state.resources.size).toBe(1)
  })

  it('costs one call for all of a tenant’s, and none where nothing waits', async () => {
    const on = await open()
    for (let index = 0; index < 5; index += 1)
      await on.onboard(urlOf(await on.register({ name: `pve-${index}` })))
    on.arc.asked.length = 0
    await on.pass(20)
    expect(on.arc.asked).toEqual([machineVerbs.list.path])
    const listed = await on.api('GET', on.MACHINES)
    expect(listed.body.items.map(({ state }: { state: string }) => state)).toEqual(
      Array(5).fill('connected'),
    )
  })

  it('keeps its state while Azure does not answer, says so, and asks later each time', async () => {
    const on = await open()
    const { machine, link } = await on.register()
    await on.onboard(urlOf({ link }))
    await on.pass(20)
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = () => Promise.reject(new TypeError('away'))
    on.arc.asked.length = 0
    for (let minutes = 0; minutes < 60; minutes += 1) await on.pass(60)
    expect(on.arc.asked.length).toBeLessThan(25)
    expect((await on.read(machine.id)).state).toBe('connected')
    expect(on.stored()).toContain('Azure Arc: does not answer')
    on.arc.azure.fetch = fetch
    on.arc.standIn.become((await on.read(machine.id)).resourceId, { status: 'Disconnected' })
    await on.pass(800)
    expect((await on.read(machine.id)).state).toBe('disconnected')
  })

  it('whose link nobody used is expired, and gets another', async () => {
    const on = await open()
    const { machine, link } = await on.register()
    await on.pass(16 * 60)
    expect((await on.read(machine.id)).state).toBe('expired')
    expect((await on.visit(urlOf({ link }))).status).toBe(404)
    const again = await on.api('POST', `${on.MACHINES}/${machine.id}/links`, { key: 'l' })
    expect(again).toMatchObject({ status: 201, body: { machine: { state: 'waiting' } } })
    const repeat = await on.api('POST', `${on.MACHINES}/${machine.id}/links`, { key: 'l' })
    expect(repeat.body).toMatchObject({ link: null })
    expect((await on.onboard(again.body.link.url)).status).toBe(200)
  })

  it('is the same under the same key, and its link is shown once', async () => {
    const on = await open()
    const first = await on.register({}, 'one')
    expect(await on.register({}, 'one')).toMatchObject({
      machine: { id: first.machine.id },
      link: null,
    })
    const body = { name: 'pve-2', kind: 'host' }
    expect((await on.api('POST', on.MACHINES, { body, key: 'one' })).status).toBe(422)
    const taken = await on.api('POST', on.MACHINES, { body: { name: 'PVE-1', kind: 'vm' } })
    expect(taken).toMatchObject({ status: 409, body: { errors: [{ pointer: '/name' }] } })
  })

  it('is nothing else', async () => {
    const on = await open()
    const rows: [object, string][] = [
      [{ name: 'a b' }, '/name'],
      [{ name: '$(reboot)' }, '/name'],
      [{ name: '../x' }, '/name'],
      [{ name: 'a'.repeat(55) }, '/name'],
      [{ kind: 'toaster' }, '/kind'],
      [{ tags: { 'phoenix-machine': 'amc_x' } }, '/tags/phoenix-machine'],
      [{ tags: { a: 'x,b=y' } }, '/tags/a'],
      [{ tags: { a: 'line\nbreak' } }, '/tags/a'],
      [{ tags: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, ''])) }, '/tags'],
    ]
    for (const [wrong, pointer] of rows) {
      const body = { name: 'pve-1', kind: 'host', ...wrong }
      const answer = await on.api('POST', on.MACHINES, { body })
      expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, pointer])
    }
  })

  it('needs a place, and a tenant of its own', async () => {
    const on = await createArcWorld()
    const body = { name: 'pve-1', kind: 'host' }
    expect((await on.api('POST', on.MACHINES, { body })).status).toBe(409)
    await on.put()
    const { machine } = await on.register()
    await on.world.createTenant('globex')
    const { token } = await on.world.createToken('globex', 'owner', { member: 'gina' })
    const [theirs, none] = await Promise.all([
      on.api('GET', `${on.MACHINES}/${machine.id}`, { token }),
      on.api('GET', `/v1/tenants/globex/arc/machines/${machine.id}`, { token }),
    ])
    expect([theirs.status, none.status]).toEqual([404, 404])
  })
})

describe('the token in a script', () => {
  it('writes machines of its tenant’s resource group, and none of another’s', async () => {
    const on = await open()
    await on.world.createTenant('globex')
    const theirs = { ...PLACE, resourceGroup: 'phoenix-globex' }
    expect((await on.put('globex', theirs)).status).toBe(200)
    const { script } = await on.onboard(urlOf(await on.register()))
    const put = (resourceGroup: string) =>
      on.arc.standIn.answer(
        new Request(
          `https://management.azure.com${resourcePath({ ...PLACE, resourceGroup }, MACHINE, 'planted')}?api-version=${API_VERSIONS[MACHINE]}`,
          {
            method: 'PUT',
            headers: { authorization: `Bearer ${configIn(script)['access-token']}` },
            body: JSON.stringify({
              ...{ location: 'westeurope', identity: { type: 'SystemAssigned' } },
              properties: { clientPublicKey: 'k' },
            }),
          },
        ),
      )
    const refused = await put(theirs.resourceGroup)
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: { code: 'AuthorizationFailed', message: expect.any(String) } },
    ])
    expect((await put(PLACE.resourceGroup)).status).toBe(201)
  })
})

describe('a link', () => {
  it('gives one of fifty who come at once the script', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    const answers = await Promise.all(Array.from({ length: 50 }, () => on.visit(url)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array(49).fill(404)])
    expect(on.arc.asked.filter((path) => path === machineVerbs.mint.path)).toHaveLength(1)
  })

  it('is not used up by looking: HEAD, browsers, previews of messengers, parts', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    const slack = { 'user-agent': 'Slackbot-LinkExpanding 1.0', accept: '*/*' }
    expect((await on.visit(url, { method: 'HEAD' })).status).toBe(200)
    expect((await on.visit(url, { headers: slack })).status).toBe(200)
    expect((await on.visit(url, { headers: { ...CURL, range: 'bytes=0-10' } })).status).toBe(200)
    const page = await on.visit(url, { headers: BROWSER })
    expect([page.headers.get('cache-control'), page.headers.get('content-type')]).toEqual([
      ...['no-store', 'text/html; charset=utf-8'],
    ])
    expect(await page.text()).toContain('Download the script')
    expect(on.arc.asked).toEqual([])
    const taken = await on.visit(url, { method: 'POST', headers: BROWSER, body: 'format=script' })
    expect([taken.status, taken.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(taken.headers.get('content-disposition')).toContain('onboard-arc.sh')
    expect((await on.visit(url)).status).toBe(404)
  })

  it('is not used up by a format that there is none of', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    const ways = ['?format=zzz', '?format=', '?format=Script', '?format=script&format=zzz']
    for (const way of ways) {
      const refused = await on.visit(`${url}${way}`)
      expect([way, refused.status]).toEqual([way, 422])
      const told = JSON.parse(await refused.text())
      expect(told.type).toContain('/problems/invalid-parameters')
      expect(told.detail).toContain('cloud-init')
    }
    const pressed = await on.visit(url, { method: 'POST', headers: BROWSER, body: 'format=zzz' })
    expect(pressed.status).toBe(422)
    expect(on.arc.asked).toEqual([])
    const taken = await on.visit(`${url}?format=cloud-init`)
    expect(taken.headers.get('content-disposition')).toContain('onboard-arc.yaml')
  })

  it('that is used, over, of another tenant, cut or never was answers the same', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    await on.visit(url)
    const never = url.replace(/[^/]+$/, 'a'.repeat(32))
    const foreign = url.replace(/ten_[^/]+/, 'ten_eu_aaaaaaaaaaaaaaaa')
    const answers = await Promise.all(
      [url, never, foreign, url.slice(0, -1)].map((one) => on.visit(one)),
    )
    const shown = await Promise.all(
      answers.map(async (one) => {
        const { instance: _, ...body } = JSON.parse(await one.text())
        return JSON.stringify([one.status, body])
      }),
    )
    expect(new Set(shown).size).toBe(1)
    expect(shown[0]).toContain('404')
  })

  it.each([
    ['throttles', async () => Response.json({}, { status: 429, headers: { 'retry-after': '90' } })],
    ['is away', () => Promise.reject(new Error('away'))],
  ])('counts again where the identity %s', async (_, _fetch) => {
    let down = true
    const on = await open({
      onboarding: {
        getToken: async () => {
          if (down) throw new Error('away')
          return { token: 'the-token-of-the-test', expiresOnTimestamp: Date.now() + 3_600_000 }
        },
      },
    })
    const { machine, link } = await on.register()
    const refused = await on.visit(urlOf({ link }))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await on.read(machine.id)).state).toBe('waiting')
    down = false
    expect((await on.visit(urlOf({ link }))).status).toBe(200)
  })

  it.each([
    ['may not act there', { arcScopes: '{"ten_eu_x":["a/b"]}' }, 503, 'credential'],
    ['onboard nobody', { onboarding: '' }, 409, 'ARC_ONBOARDING'],
    [
      'onboard in another group',
      { onboarding: `{"${SUBSCRIPTION}/other":"00000000-0000-4000-8000-000000000009"}` },
      ...([409, 'ARC_ONBOARDING'] as const),
    ],
  ])('counts again where the Functions %s, which is told', async (_, options, status, told) => {
    const on = await open(options)
    const { machine, link } = await on.register()
    const refused = await on.visit(urlOf({ link }))
    expect([refused.status, await refused.text()]).toEqual([
      ...[status, expect.stringContaining(told)],
    ])
    expect(await on.read(machine.id)).toMatchObject({
      state: 'waiting',
      linkExpiresAt: link?.expiresAt,
    })
  })

  it('is spent, and says so, where nobody knows whether the token was made', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    on.world.env.LOCAL = {
      fetch: async (input, init) => {
        await on.arc.office(input, init)
        throw new TypeError('Network connection lost.')
      },
    }
    const lost = await on.visit(url)
    expect([lost.status, await lost.text()]).toEqual([503, expect.stringContaining('spent')])
    on.world.env.LOCAL = { fetch: on.arc.office }
    expect((await on.visit(url)).status).toBe(404)
  })

  it('of a suspended tenant is none', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    const suspend = { token: on.world.operator, body: { reason: 'unpaid' } }
    expect((await on.api('POST', '/v1/tenants/acme/suspend', suspend)).status).toBeLessThan(300)
    expect((await on.visit(url)).status).toBe(404)
  })

  it('from before a restore is none: it may have been used', async () => {
    const on = await open()
    const url = urlOf(await on.register())
    on.advance(1)
    on.world.tenants
      .storageOf(on.tenantId)
      ?.sql.exec(
        'insert into transitions (changeId, version, "from", "to", actor, at, leafHash) values (?, 999, ?, ?, ?, ?, ?)',
        ...[on.tenantId, 'active', ADOPTED, 'phoenix', new Date().toISOString(), 'a'.repeat(64)],
      )
    expect((await on.visit(url, { headers: BROWSER })).status).toBe(404)
    expect((await on.visit(url)).status).toBe(404)
  })

  it('leaves neither its secret nor the token in any row or log, and only in its own answer', async () => {
    const on = await open()
    const said: unknown[] = []
    for (const method of ['log', 'error', 'warn'] as const)
      vi.spyOn(console, method).mockImplementation((...all) => void said.push(all))
    const { machine, link } = await on.register()
    const url = urlOf({ link })
    const { script } = await on.onboard(url)
    const token = configIn(script)['access-token'] ?? ''
    expect(token.length).toBeGreaterThan(100)
    await on.pass(20)
    const [secret] = url.split('/').slice(-1)
    const everything = [
      ...[on.stored(), JSON.stringify(said), JSON.stringify(await on.read(machine.id))],
      (await on.api('GET', '/v1/tenants/acme/audit?limit=200')).text,
    ].join('\n')
    const forms = (text: string) => [
      ...[text, btoa(text), Buffer.from(text).toString('hex'), encodeURIComponent(text)],
    ]
    for (const one of [...forms(token), ...forms(String(secret))])
      expect(everything).not.toContain(one)
    expect(everything.length).toBeGreaterThan(10_000)
  })

  it('as cloud-init is cloud-config that runs the same script', async () => {
    const on = await open()
    const { link } = await on.register()
    const answer = await on.visit(link?.cloudInitUrl ?? '')
    const text = await answer.text()
    expect(answer.headers.get('content-type')).toContain('cloud-config')
    expect(text.startsWith('#cloud-config\n')).toBe(true)
    const { write_files, runcmd } = JSON.parse(text.slice('#cloud-config\n'.length))
    expect(write_files[0]).toMatchObject({ permissions: '0700', encoding: 'b64' })
    expect(runcmd[0]).toEqual(['bash', write_files[0].path])
    expect(configIn(text)['resource-name']).toBe('pve-1')
  })
})
