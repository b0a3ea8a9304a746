// A tenant that issues, for tests: its configurations, a clock that both the edge and the actors keep to, and a holder.
import { vi } from 'vitest'
import { createWorld } from '../../../functions/simulator/edge-world.ts'
import type { CredentialOffer, IssuanceView } from '../../../schemas/credential.ts'
import { createHolder } from './holder.fixture.ts'

export const BADGE = {
  name: 'badge',
  display: [{ name: 'Badge' }],
  claims: [
    { path: ['given_name'], mandatory: true },
    { path: ['family_name'], mandatory: true },
    { path: ['address', 'city'] },
    { path: ['level'], always: true },
  ],
  batchSize: 3,
}
export const CLAIMS = { given_name: 'Sesame', family_name: 'Open', level: 3 }
const PASS = { name: 'pass', display: [{ name: 'Pass' }], claims: [{ path: ['level'] }] }
const START = '2026-11-21T12:00:00.000Z'

/** Call `vi.useRealTimers()` afterwards. */
export const createIssuingWorld = async (options: Parameters<typeof createWorld>[0] = {}) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(START) })
  const world = createWorld(options)
  const { id: tenantId } = await world.createTenant('acme')
  const owner = (await world.createToken('acme', 'owner', { member: 'olga' })).token
  let keys = 0
  const api = async (
    method: string,
    path: string,
    { body, token = owner, key }: { body?: unknown; token?: string; key?: string } = {},
  ) => {
    keys += 1
    const response = await world.send(method, `/v1/tenants/acme${path}`, {
      ...{ token, key: key ?? `key-${keys}` },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : JSON.parse(text),
    }
  }
  for (const body of [BADGE, PASS]) {
    const made = await api('POST', '/credential-configurations', { body })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  }
  const issuer = await api('GET', '/issuer')
  const base = String(issuer.body.url)
  const holder = createHolder(world, base, () => new Date())

  const offer = async (more: object = {}): Promise<CredentialOffer> => {
    const body = { configurations: ['badge'], claims: CLAIMS, ...more }
    const made = await api('POST', '/credential-offers', { body })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
    return made.body as CredentialOffer
  }
  const issuance = async (made: CredentialOffer): Promise<IssuanceView> =>
    (await api('GET', `/issuances/${made.issuance.id}`)).body as IssuanceView
  /** An offer with its access token. */
  const authorized = async (more: object = {}) => {
    const made = await offer(more)
    const code = holder.codeOf(await holder.fetchOffer(made.uri ?? ''))
    const { body } = await holder.redeem(code, made.txCode)
    return { made, code, token: String(body.access_token) }
  }
  const advance = (seconds: number): void => {
    world.advance(seconds)
    vi.setSystemTime(Date.now() + seconds * 1000)
  }
  const tenant = world.tenants.namespace.getByName(tenantId)
  /** Everything that is stored, as text. */
  const stored = (): string => {
    const { sql } = world.tenants.storageOf(tenantId) ?? {}
    const names = sql?.exec("select name from sqlite_master where type = 'table'").toArray() ?? []
    return names
      .map(({ name }) => JSON.stringify(sql?.exec(`select * from "${name}"`).toArray()))
      .join('\n')
  }
  /** Rings the tenant's alarm until nothing is due at this moment. */
  const ring = async (): Promise<void> => {
    while ((world.tenants.alarmOf(tenantId) ?? Number.POSITIVE_INFINITY) <= Date.now())
      await world.tenants.alarm(tenantId)
  }
  /** The offer's row as it is stored. */
  const row = ({ id }: { id: string }): Record<string, unknown> =>
    world.tenants
      .storageOf(tenantId)
      ?.sql.exec('select * from credential_offers where id = ?', id)
      .one() ?? {}
  return {
    ...world,
    tenantId,
    tenant,
    owner,
    api,
    base,
    holder,
    offer,
    issuance,
    authorized,
    advance,
    stored,
    ring,
    row,
  }
}
export type IssuingWorld = Awaited<ReturnType<typeof createIssuingWorld>>
