// A tenant in which everything that takes steps has taken some, with words in every place where people may write any.
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { parseInvitation } from '../../../auth/token.ts'

/** What people wrote or are called: none of it may stand in a leaf. */
export const CANARIES = /canary|olga|rita|anton|@example/i

export const rowsOf = (world: TenantWorld, query: string): Record<string, unknown>[] =>
  world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql.exec(query).toArray() ?? []

/** Tables that triggers write, and the journal of migrations. */
const DERIVED = ['machines', 'footholds', 'schema_migrations']
const quoted = (names: string[]) => names.map((name) => `"${name}"`).join(', ')

/** The tenant's database as it is; the function puts it back, into an object that knows nothing. */
export const copyOf = (world: TenantWorld): (() => void) => {
  const named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
  const copy = rowsOf(world, named)
    .map(({ name }) => String(name))
    .filter((name) => !DERIVED.includes(name))
    .map((name) => ({ name, rows: rowsOf(world, `SELECT * FROM "${name}"`) }))
  return () => {
    const storage = world.tenants.actors.get(world.tenantId)?.surroundings.storage
    for (const name of ['log_leaves_no_delete', 'log_nodes_no_delete'])
      storage?.sql.exec(`DROP TRIGGER "${name}"`)
    for (const { name } of copy) storage?.sql.exec(`DELETE FROM "${name}"`)
    for (const { name, rows } of copy)
      for (const row of rows) {
        const places = Object.keys(row).map(() => '?')
        const into = `INSERT INTO "${name}" (${quoted(Object.keys(row))}) VALUES (${places})`
        storage?.sql.exec(into, ...Object.values(row))
      }
    world.tenants.evict(world.tenantId)
  }
}

export const createRichWorld = async () => {
  const world = await createTenantWorld()
  let keys = 0
  const send = async <T>(
    method: string,
    path: string,
    body?: unknown,
    token = world.tokens.owner,
  ) => {
    keys += 1
    const answer = await world.http(method, `/v1/tenants/acme${path}`, {
      ...{ token, key: `canary-key-${keys}`, headers: { 'if-match': '*' } },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.text()
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }
  const applied = await world.apply(world.vmRequest('canary-web'))
  const rejected = await world.propose(world.vmRequest('canary-db'))
  await world.insist(
    world.decide('reject', rejected.id, { body: { reason: 'Canary says that this is too dear.' } }),
  )
  await world.settle()
  const invited = await send<{ id: string; link: string }>('POST', '/invitations', {
    roles: ['requester'],
  })
  await world.tenant.acceptInvitation({
    ...{ invitationId: invited.id, identity: 'e'.repeat(64), validateOnly: false },
    secretDigest: parseInvitation(invited.link.split('/').at(-1) ?? '')?.secretDigest ?? '',
    profile: { handle: 'canary-grace', name: 'Canary Hopper', email: 'canary@example.org' },
  })
  await send('PATCH', '/members/canary-grace', { roles: ['auditor'] })
  await send('DELETE', '/members/canary-grace')
  const bot = await send<{ id: string }>('POST', '/service-accounts', {
    ...{ handle: 'canary-bot', roles: ['requester'] },
  })
  const token = await send<{ id: string }>('POST', '/tokens', { name: 'Canary CI', member: bot.id })
  await send('POST', `/tokens/${token.id}/rotate`)
  await send('DELETE', `/tokens/${token.id}`)
  const hook = await send<{ id: string }>('POST', '/webhooks', {
    ...{ url: 'https://canary.example.org/hook', description: 'Canary' },
  })
  await send('PATCH', `/webhooks/${hook.id}`, { enabled: false })
  await send('POST', '/suspend', { reason: 'Canary has not paid.' }, world.operator)
  await send('POST', '/resume', undefined, world.operator)
  await send('PATCH', '', { name: 'Canary Ltd' })
  return { ...world, ask: send, applied, rejected }
}
export type RichWorld = Awaited<ReturnType<typeof createRichWorld>>
