// Every adapter of the ClusterRegistry port sits the same examination: Azure Resource Manager behind the wire, and the one in memory.
// Then what the stand-in checks as the real service does: audience, role, place, version.
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { createBackOffice } from '../../../edge-workers/back-office.ts'
import { clusterVerbs } from '../../../schemas/arc.ts'
import { machineVerbs } from '../../../schemas/arc-machine.ts'
import { type AzurePlace, placeKey } from '../../../schemas/arm.ts'
import { Denied, Outage } from '../../../schemas/result.ts'
import { API_VERSIONS } from '../../arm/api-versions.ts'
import { listPath, resourcePath } from '../../arm/paths.ts'
import { kinds } from '../../local/arm/kinds.ts'
import { AUDIENCES, onboardingClientIdOf } from '../../local/verified-id/identity.ts'
import { createMemoryRegistry } from './memory-registry.ts'
import { type ArcOfficeOptions, createArcOffice, SUBSCRIPTION } from './office.ts'
import { examineRegistry } from './registry-examination.ts'

const TENANT = 'ten_eu_aaaaaaaaaaaaaaaa'
const TYPE = 'Microsoft.HybridCompute/machines'
const groups = ['rg-one', 'rg-two'].map((resourceGroup) => ({
  subscriptionId: SUBSCRIPTION,
  resourceGroup,
}))
const [PLACE, ELSEWHERE] = groups as [AzurePlace, AzurePlace]

const openArm = async (options: ArcOfficeOptions = {}) => {
  const arc = await createArcOffice(options)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const backOffice = createBackOffice({
    ...{ baseUrl: 'http://functions.invalid', fetch: arc.office, now: () => new Date() },
    signingKeyJwk: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'k' }),
  })
  const machines = backOffice.azure('Azure Arc', machineVerbs, TENANT)
  const clusters = backOffice.azure('Azure Arc', clusterVerbs, TENANT)
  const send = async (
    url: string,
    {
      method = 'GET',
      body,
      onboarding,
    }: { method?: string; body?: unknown; onboarding?: AzurePlace } = {},
    audience: string = AUDIENCES.arm,
  ) => {
    const source = arc.tokens(onboarding && onboardingClientIdOf(placeKey(onboarding)))
    const token = (await source.getToken(`${audience}/.default`))?.token
    const answer = await arc.standIn.answer(
      new Request(`https://management.azure.com${url}`, {
        ...{ method, headers: { authorization: `Bearer ${token}` } },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }
  const version = `api-version=${API_VERSIONS[TYPE]}`
  const connect = async (place: AzurePlace, name: string, machine: string | null) => {
    const made = await send(`${resourcePath(place, TYPE, name)}?${version}`, {
      ...{ method: 'PUT', onboarding: place },
      body: {
        ...{ location: 'westeurope', tags: machine === null ? {} : { 'Phoenix-Machine': machine } },
        ...{ identity: { type: 'SystemAssigned' }, properties: { clientPublicKey: 'k' } },
      },
    })
    expect(made.status).toBe(201)
  }
  return {
    arc,
    registry: { machines, clusters },
    place: PLACE,
    elsewhere: ELSEWHERE,
    connect,
    send,
    version,
  }
}

examineRegistry('Azure Resource Manager, behind the wire', openArm)
examineRegistry('the simulator, in memory', async () => {
  const { registry, connect } = createMemoryRegistry(() => new Date())
  return {
    ...{ registry, place: PLACE, elsewhere: ELSEWHERE },
    connect: async (place, name, machine) => connect(place, name, machine),
  }
})

describe('the stand-in of Azure Resource Manager', () => {
  const path = resourcePath(PLACE, TYPE, 'pve-1')
  it('knows every version of our table', () => {
    for (const { type, versions } of kinds)
      expect(versions).toContain(API_VERSIONS[type as keyof typeof API_VERSIONS])
  })

  it.each([
    ['an unknown version', `${path}?api-version=2019-01-01`, {}, 400, 'NoRegisteredProviderFound'],
    ['no version', path, {}, 400, 'MissingApiVersionParameter'],
    [
      'an unknown type',
      '/subscriptions/s/providers/Microsoft.X/y/z?api-version=1',
      {},
      400,
      'InvalidResourceType',
    ],
    ['nothing there', `${path}?api-version=2025-01-13`, {}, 404, 'ResourceNotFound'],
    [
      'a group without a role',
      `${path.replace(SUBSCRIPTION, SUBSCRIPTION.replace('1', '2'))}?api-version=2025-01-13`,
      {},
      403,
      'AuthorizationFailed',
    ],
    [
      'a delete by who onboards',
      `${path}?api-version=2025-01-13`,
      { method: 'DELETE', onboarding: PLACE },
      403,
      'AuthorizationFailed',
    ],
    [
      'a write by who onboards in another group',
      `${path}?api-version=2025-01-13`,
      { method: 'PUT', onboarding: ELSEWHERE },
      403,
      'AuthorizationFailed',
    ],
    ['no body', `${path}?api-version=2025-01-13`, { method: 'PUT' }, 400, 'InvalidRequestContent'],
    [
      'a body without a key',
      `${path}?api-version=2025-01-13`,
      { method: 'PUT', body: { location: 'a' } },
      400,
      'InvalidRequestContent',
    ],
  ])('refuses %s', async (_, url, init, status, code) => {
    const { send } = await openArm()
    const answer = await send(url, init)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
  })

  it('refuses a token for another audience, and none', async () => {
    const { send, arc, version } = await openArm()
    const other = await send(`${path}?${version}`, {}, AUDIENCES.request)
    expect([other.status, other.body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
    const none = await arc.standIn.answer(new Request(`https://management.azure.com${path}`))
    expect(none.status).toBe(401)
  })

  it('has pages, and the client reads them all', async () => {
    const { connect, registry, send, version } = await openArm()
    for (let n = 0; n < 53; n += 1) await connect(PLACE, `pve-${n}`, null)
    const first = await send(`${listPath(PLACE, TYPE)}?${version}`)
    expect([first.body.value.length, typeof first.body.nextLink]).toEqual([50, 'string'])
    const all = await registry.machines('list', 'o', { place: PLACE })
    expect(all.ok && all.value.machines).toHaveLength(53)
  })

  it('takes its time to delete, is followed, and fails as it is told', async () => {
    const { connect, registry, arc } = await openArm()
    const machine = `amc_${'a'.repeat(26)}`
    const input = { place: PLACE, name: 'pve-1', machine }
    await connect(PLACE, 'pve-1', machine)
    arc.standIn.simulated.next = { looks: 30 }
    const begun = await registry.machines('remove', 'o', input)
    if (!begun.ok || begun.value.done) throw new Error('not pending')
    const { pending } = begun.value
    expect(arc.standIn.state.resources.size).toBe(1)
    const followed = await registry.machines('follow', 'p', { place: PLACE, pending })
    expect([followed, arc.standIn.state.resources.size]).toEqual([
      ...[{ ok: true, value: { done: true, value: null } }, 0],
    ])
    await connect(PLACE, 'pve-1', machine)
    arc.standIn.simulated.next = { looks: 1, fails: { code: 'ScopeLocked', message: 'x' } }
    expect(await registry.machines('remove', 'q', input)).toMatchObject({
      ...{ ok: false, fault: { fault: 'conflict', target: 'ScopeLocked' } },
    })
  })
})

describe('what the edge hears', () => {
  it.each([
    [{ hasRoles: () => false }, Denied],
    [{ arcScopes: JSON.stringify({ [TENANT]: [`${SUBSCRIPTION}/rg-two`] }) }, Denied],
    [{ arcScopes: JSON.stringify(`${SUBSCRIPTION}/of-{tenant}`) }, Denied],
  ])('of a place where nothing is ours to do (%j) is Denied', async (options, kind) => {
    const { registry } = await openArm(options)
    await expect(registry.machines('list', 'o', { place: PLACE })).rejects.toBeInstanceOf(kind)
  })

  it('of the second lock where it opens is nothing', async () => {
    const resourceGroup = `of-${TENANT}`
    for (const arcScopes of [
      `${SUBSCRIPTION}/OF-{tenant}`,
      { [TENANT]: [`${SUBSCRIPTION}/${resourceGroup}`] },
    ]) {
      const { registry } = await openArm({ arcScopes: JSON.stringify(arcScopes) })
      const place = { subscriptionId: SUBSCRIPTION, resourceGroup }
      expect(await registry.machines('list', 'o', { place })).toMatchObject({ ok: true })
    }
  })

  it('of throttling is an Outage that says how long', async () => {
    const { registry, arc } = await openArm()
    arc.standIn.simulated.throttle = { requests: 9, retryAfterSeconds: 77 }
    const caught = await registry.machines('list', 'o', { place: PLACE }).catch((error) => error)
    expect(caught).toBeInstanceOf(Outage)
    expect(caught).toMatchObject({ port: 'Azure Arc', retryAfterSeconds: 77 })
  })
})
