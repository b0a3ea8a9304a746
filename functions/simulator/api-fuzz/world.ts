// What random requests find: tenants with people, a change under way and one applied, an issuer with offers, a vault, a cluster that
// Azure knows, and a log with something to prove.
import type { CredentialOffer } from '../../../schemas/credential.ts'
import { vaultVerbs } from '../../../schemas/vault.ts'
import { verbHandlers } from '../../azure/verbs.ts'
import { type ArcOffice, createArcOffice, SUBSCRIPTION } from '../arc/office.ts'
import { createFunctionsOffice } from '../functions-office.ts'
import { createMemoryVault } from '../memory-vault.ts'
import { createTenantWorld, type TenantWorld } from '../tenant-world.ts'
import type { Dice } from './mutate.ts'
import type { Pools } from './requests.ts'

export const CHANGES = '/v1/tenants/{tenant}/changes'

export const poolsOf = async (world: TenantWorld): Promise<Pools> => {
  const { token: foreign } = await world.createToken('dbis', 'owner')
  const { owner, requester, approver, auditor } = world.tokens
  await world.ensureMember('acme', 'robot', 'requester', false)
  const applied = await world.apply(world.vmRequest('standing'))
  const open = await world.propose(world.vmRequest('open'))
  const admin = await world.tokenOf('adam', 'admin')
  const { issuer, issued } = await issue(world)
  const listed = async (at: string): Promise<string[]> => {
    const { body } = await world.send('GET', at, { token: owner })
    return (body.items ?? []).map(({ id }) => String(id))
  }
  const [cluster = 'none'] = await listed('/arc/clusters')
  const following = await listed(`/arc/clusters/${cluster}/flux-configurations`)
  if (following.length !== 1) throw new Error('no cluster follows Git')
  return {
    tokens: { owner, admin, requester, approver, auditor, operator: world.operator, foreign },
    names: {
      tenant: [...Array(12).fill('acme'), world.tenantId, 'dbis', 'none'],
      name: ['standing', 'virtual-machine', 'forbidden', 'gdpr', 'besu-network', 'none'],
      site: ['lab-01', 'lab-02', 'none'],
      cluster: ['lab', 'none'],
      pack: ['gdpr', 'sox', 'none'],
      month: ['2026-11', '2026-10', '2030-01', '2026-13', 'x'],
      issuer: [...Array(6).fill(issuer), 'a'.repeat(26), 'none'],
    },
    shown: new Map([
      [CHANGES, [open.id, applied.id ?? '']],
      ['/v1/tenants/{tenant}/resources', ['standing']],
      ['/v1/tenants/{tenant}/members', Object.values(world.ids)],
      [CLUSTERS, [cluster]],
      [`${CLUSTERS}/{id}/flux-configurations`, following],
      ...issued,
    ]),
    ids: [...Object.values(world.ids), `chg_${'a'.repeat(26)}`, `tok${'a'.repeat(16)}`, 'QUOTA'],
  }
}

const CODES = 8
/** Codes of offers in the world of now. */
export const codes: string[] = []

const CREDENTIALS = 40

/** Credentials as the end of an issuance writes them, in the first list. */
const put = (world: TenantWorld, offer: string): string[] => {
  const sql = world.tenants.actors.get(world.tenantId)?.surroundings.state.storage.sql
  const at = '2026-11-21T12:00:00.000Z'
  sql?.exec(
    'INSERT OR IGNORE INTO status_lists (id, used, version, createdAt) VALUES (1, ?, 1, ?)',
    ...[CREDENTIALS, at],
  )
  return Array.from({ length: CREDENTIALS }, (_, place) => {
    const id = `crd_${place.toString(2).replaceAll('0', 'a').replaceAll('1', 'b').padStart(26, 'c')}`
    sql?.exec(
      `INSERT INTO credentials (id, configuration, driver, offerId, list, position, status, issuedAt, expiresAt, updatedAt, version)
       VALUES (?, 'pass', 'openid4vci', ?, 1, ?, 'valid', ?, ?, ?, 1)`,
      ...[id, offer, place, at, at, at],
    )
    return id
  })
}

/** An issuer with something to issue, and offers of it: its public id, and what can be named of them. */
const issue = async (
  world: TenantWorld,
): Promise<{ issuer: string; issued: [string, string[]][] }> => {
  const post = (path: string, body: object) =>
    world.http('POST', `/v1/tenants/acme/${path}`, {
      ...{ token: world.tokens.owner, key: `issue-${path}-${codes.length}`, body },
    })
  const display = [{ name: 'Pass' }]
  await post('credential-configurations', { name: 'pass', display, claims: [{ path: ['level'] }] })
  codes.length = 0
  const known = { offers: [] as string[], issuances: [] as string[], links: [] as string[] }
  for (let at = 0; at < CODES; at += 1) {
    const wish = { configurations: ['pass'], txCode: false, deferred: true }
    const made = (await (await post('credential-offers', wish)).json()) as CredentialOffer
    const [, code = ''] =
      /"pre-authorized_code":"(\w+)"/.exec(decodeURIComponent(made.value ?? '')) ?? []
    codes.push(code)
    known.offers.push(made.id)
    known.issuances.push(made.issuance.id)
    known.links.push(/\w+$/.exec(decodeURIComponent(made.uri ?? ''))?.[0] ?? '')
  }
  const read = await world.http('GET', '/v1/tenants/acme/issuer', { token: world.tokens.owner })
  const { id: issuer } = (await read.json()) as { id: string }
  const issued: [string, string[]][] = [
    ['/v1/tenants/{tenant}/credential-offers', known.offers],
    ['/v1/tenants/{tenant}/issuances', known.issuances],
    ['/v1/tenants/{tenant}/credential-configurations', ['pass']],
    ['/i/{issuer}/oid4vci/offers', known.links],
    ['/i/{issuer}/types', ['pass']],
    ['/v1/tenants/{tenant}/credentials', put(world, known.offers[0] ?? '')],
    ['/i/{issuer}/status-lists', ['1']],
  ]
  return { issuer, issued }
}

export const newWorld = async (): Promise<TenantWorld> => {
  const world = await createTenantWorld()
  await world.createTenant('dbis', { basesOn: ['lab'] })
  const arc = await openOffice(world)
  await signLog(world)
  await fillVault(world)
  await followGit(world, arc)
  return world
}

/** A vault and Azure Arc in this process behind the Functions' own handlers: what nobody answers would be a 503. */
const openOffice = async ({ env }: TenantWorld): Promise<ArcOffice> => {
  const { work } = createMemoryVault()
  const vault = createFunctionsOffice([[vaultVerbs, verbHandlers(vaultVerbs, () => work)]])
  const arc = await createArcOffice()
  const beyond = env.LOCAL?.fetch ?? fetch
  const offices: [string, typeof fetch][] = [
    ['/api/vault/', vault],
    ['/api/arc/', arc.office],
  ]
  env.LOCAL = {
    fetch: (input, init) => {
      const { pathname } = new URL(String(input))
      const [, office = beyond] = offices.find(([path]) => pathname.startsWith(path)) ?? []
      return office(input, init)
    },
  }
  return arc
}

const PLACE = {
  ...{ subscriptionId: SUBSCRIPTION, resourceGroup: 'phoenix-acme', location: 'westeurope' },
  entraTenantId: '00000000-0000-4000-8000-00000000beef',
}
const CLUSTERS = '/v1/tenants/{tenant}/arc/clusters'

export const specOf = (dice: Dice) => ({
  namespace: 'acme',
  kustomizations: [{ name: 'apps', path: `rendered/lab/60-web-${dice(9)}` }],
})

/** A cluster that is in Azure, and what it is to follow: in Git and promoted. */
const followGit = async (world: TenantWorld, { standIn }: ArcOffice): Promise<void> => {
  const { operator, tokens, http, send } = world
  await http('PUT', '/v1/tenants/acme/azure-scope', { body: PLACE, token: operator })
  const path = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${PLACE.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/prod`
  const properties = { provisioningState: 'Succeeded', powerState: { code: 'Running' } }
  const resource = { id: path, name: 'prod', type: 'x', properties }
  standIn.state.resources.set(path.toLowerCase(), resource)
  const ask = async <T>(method: string, at: string, body?: object): Promise<T> => {
    const answer = await send(method, `/arc/clusters${at}`, { token: tokens.owner, body })
    if (answer.status >= 300) throw new Error(`${at}: ${answer.status}`)
    return answer.body as T
  }
  const wish = { name: 'prod', cluster: 'lab', kind: 'managed' }
  const { cluster } = await ask<{ cluster: { id: string } }>('POST', '', wish)
  await world.settle()
  const list = `/${cluster.id}/flux-configurations`
  const spec = specOf(() => 0)
  const { id } = await ask<{ id: string }>('POST', list, { name: 'following', spec })
  await world.settle()
  await world.land(id)
}

/** A secret and a key, under a name that requests often have. */
const fillVault = async (world: TenantWorld): Promise<void> => {
  const { owner: token } = world.tokens
  const of = (kind: string) => `/v1/tenants/acme/${kind}`
  const made = [
    await world.http('PUT', `${of('secrets')}/standing`, {
      ...{ token, key: 'vault-1', body: { generate: { alphabet: 'hex', length: 32 } } },
    }),
    await world.http('POST', of('keys'), {
      ...{ token, key: 'vault-2', body: { name: 'standing', kind: 'EC-P256' } },
    }),
  ]
  if (!made.every(({ ok }) => ok)) throw new Error('the vault takes nothing')
  await world.settle()
}

/** Leaves and a checkpoint of the platform's log, so that there is something to prove. */
const signLog = async (world: TenantWorld): Promise<void> => {
  world.env.LOG_BATCH_SECONDS = '0.001'
  const log = world.env.LOG.getByName('log')
  for (let size = 1; size <= 4; size += 1) {
    await log.noteHead(`ten_eu_${'abcd'.charAt(size - 1).repeat(16)}`, {
      size,
      root: 'a'.repeat(64),
    })
    while ((world.log.alarmOf('log') ?? 0) > Date.now())
      await new Promise((resolve) => setTimeout(resolve, 1))
    await log.wake()
  }
}
