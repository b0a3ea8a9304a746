// One tenant with its people on the edge in a plain process, and a way inside its actor's database: what wallets do is not here.
import { createWorld } from '../../../../functions/simulator/edge-world.ts'
import type { CredentialView, IssuerIdentityView } from '../../../../schemas/credential.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { openDatabase, transaction } from '../../database.ts'
import { migrations } from '../../migrations/tenant.ts'
import type { TenantContext } from '../context.ts'
import { openLog } from '../log/append.ts'
import { issuerIdOf, issuerUrl } from './issuer/issuer.ts'
import { drawPosition, keepCredential } from './status/positions.ts'

export const createCredentialWorld = async (more: Parameters<typeof createWorld>[0] = {}) => {
  const world = createWorld(more)
  const { id: tenantId } = await world.createTenant('acme')
  const tokenOf = async (role: 'owner' | 'admin' | 'auditor' | 'requester') =>
    (await world.createToken('acme', role)).token
  const tokens = {
    ...{ owner: await tokenOf('owner'), admin: await tokenOf('admin') },
    ...{ auditor: await tokenOf('auditor'), requester: await tokenOf('requester') },
  }
  world.tenants.wake(tenantId)
  const storage = world.tenants.actors.get(tenantId)?.surroundings.state.storage
  if (!storage) throw new Error('no tenant')
  const db = openDatabase(storage, tables, migrations)
  openLog(db, world.env)
  /** As much of the actor's context as credentials need. */
  const context = {
    ...{ db, env: world.env, now: () => new Date(), arm: async () => undefined },
    tenant: () => {
      const row = db.select().from(tables.tenant).get()
      if (!row) throw new Error('no tenant')
      return row
    },
  } as TenantContext

  let keys = 0
  /** Below the tenant's own address. */
  const send = async (
    method: string,
    path: string,
    {
      token = tokens.owner,
      key,
      body,
      headers = {},
    }: { token?: string; key?: string; body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    keys += 1
    return world.send(method, `/v1/tenants/acme${path}`, {
      ...{ token, key: key ?? `c-${keys}`, headers },
      ...(body === undefined ? {} : { body }),
    })
  }
  const issuer = async (): Promise<IssuerIdentityView> =>
    (await (await send('GET', '/issuer')).json()) as IssuerIdentityView
  /** What nobody needs a credential for. */
  const open = (path: string, headers: Record<string, string> = {}) =>
    world.send('GET', path, { headers })

  let issued = 0
  /** As the end of an issuance writes it. */
  const issue = (patch: { driver?: 'openid4vci' | 'entra'; member?: string } = {}): string => {
    issued += 1
    const id = `crd_${issued.toString().replaceAll('0', 'a').replaceAll('1', 'b').replaceAll(/[89]/g, 'c').padStart(26, 'z')}`
    const at = new Date().toISOString()
    transaction(db, (tx) => {
      const { list, position } = drawPosition(tx, { at })
      keepCredential(tx, {
        ...{ id, configuration: 'badge', driver: 'openid4vci', offerId: `ofr_${issued}` },
        ...{ member: null, list, position, holder: null, kid: null, actor: 'phoenix' },
        ...{ issuedAt: at, expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
        ...patch,
      })
    })
    return id
  }
  const readCredential = async (id: string): Promise<CredentialView> =>
    (await (await send('GET', `/credentials/${id}`)).json()) as CredentialView

  return {
    ...{ world, tenantId, tokens, db, context, send, issuer, open, issue, readCredential },
    sql: storage.sql,
    url: issuerUrl(world.env, issuerIdOf(context)),
    /** The issuer's public id. */
    issuerId: issuerIdOf(context),
  }
}
export type CredentialWorld = Awaited<ReturnType<typeof createCredentialWorld>>
