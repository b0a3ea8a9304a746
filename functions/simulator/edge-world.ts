// The edge in a plain process: the app over real actors in memory, with a clock that stands still. No forge and no Functions:
// what leaves the process is refused unless `env.LOCAL` or `connect` is given (tenant-world.ts does both).

import type { DirectoryApi, InventoryApi, TenantApi } from '../../edge-workers/actors/contracts.ts'
import { Directory } from '../../edge-workers/actors/directory.ts'
import { Inventory } from '../../edge-workers/actors/inventory.ts'
import { Log } from '../../edge-workers/actors/log.ts'
import type { LogApi } from '../../edge-workers/actors/log-contracts.ts'
import { Repository } from '../../edge-workers/actors/repository.ts'
import type { RepositoryApi } from '../../edge-workers/actors/repository-contracts.ts'
import { Tenant } from '../../edge-workers/actors/tenant.ts'
import { createApp } from '../../edge-workers/app.ts'
import {
  mintToken,
  OPERATOR_TOKEN_ID,
  PLATFORM_TENANT_ID,
  secretDigestOf,
  secretFrom,
} from '../../edge-workers/auth/token.ts'
import type { Env } from '../../edge-workers/env.ts'
import type { App } from '../../edge-workers/http/context.ts'
import { createGitHubForge, type GitHubOptions } from '../../gitops/forges/github.ts'
import type { MemberView } from '../../schemas/member.ts'
import type { Forge } from '../../schemas/ports.ts'
import { scopesOf, type TenantRole } from '../../schemas/principal.ts'
import { fakeNamespace } from './actor-state.ts'
import { createMemoryForge } from './memory-forge.ts'

const NO_FORGE = 'http://127.0.0.1:1/api/v3'
const OPERATOR_SECRET = secretFrom(new Uint8Array(32).fill(7))
const SIGNING_KEY = JSON.stringify({
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'test',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
})

export const REGION = { name: 'eu-west-lab', jurisdiction: 'eu', tier: 'edge', standIn: true }
export const siteOf = (name: string, more: object = {}) => ({
  name,
  region: REGION.name,
  hosts: [
    {
      name,
      cores: 32,
      memory: { value: 128, unit: 'GB' },
      storage: { datastore: 'local-lvm', kind: 'local', size: { value: 1000, unit: 'GB' } },
    },
  ],
  network: {
    name: 'lab',
    bridge: 'vmbr0',
    cidr: '192.168.11.0/24',
    gateway: '192.168.11.1',
    pool: { first: '192.168.11.100', last: '192.168.11.250' },
    dns: ['192.168.11.1'],
  },
  image: {
    name: 'debian-13',
    url: 'https://images.example/debian-13.qcow2',
    datastore: 'local',
  },
  standIn: true,
  ...more,
})

export interface Sent {
  token?: string
  key?: string
  body?: unknown
  headers?: Record<string, string>
}

/** Of a token for a test; absent: of a person, with the scopes of the role, for ever. */
export interface TokenWishes {
  /** Handle. */
  member?: string
  person?: boolean
  scopes?: string[]
  expiresAt?: string
}

export const createWorld = ({
  laptop = true,
  register = () => undefined,
  env: more = {},
  connect,
  around = (_, shared) => shared,
}: {
  laptop?: boolean
  /** Routes beyond the app's own. */
  register?: (app: App) => void
  env?: Partial<Env>
  /** Another adapter of the Forge port than GitHub's. */
  connect?: (options: GitHubOptions, env: Env) => Forge
  /** What a new instance of a class sees of the world around it. */
  around?: (kind: 'tenant' | 'inventory' | 'repository' | 'log' | 'directory', env: Env) => Env
} = {}) => {
  let now = new Date('2026-11-21T12:00:00.000Z')
  let keys = 0
  /** The platform’s log compares itself with what is published before it answers anybody. */
  const platform = createMemoryForge()
  const directory = fakeNamespace<DirectoryApi, Directory>(
    (state) => new Directory(state, around('directory', env)),
    { kind: 'directory' },
  )
  const inventory = fakeNamespace<InventoryApi, Inventory>(
    (state) => {
      return new Inventory(state, around('inventory', env))
    },
    { kind: 'inventory' },
  )
  const log = fakeNamespace<LogApi, Log>((state) => new Log(state, around('log', env)), {
    kind: 'log',
  })
  const tenants = fakeNamespace<TenantApi, Tenant>(
    (state) => {
      return new Tenant(state, around('tenant', env))
    },
    { kind: 'tenant' },
  )
  const repository = fakeNamespace<RepositoryApi, Repository>(
    (state) => {
      const own = around('repository', env)
      return new Repository(state, own, (options) => {
        if (connect) return connect(options, own)
        const isPlatform = options.repository === own.PLATFORM_REPOSITORY
        return isPlatform && own.FORGE_API_URL === NO_FORGE
          ? platform.forge
          : createGitHubForge(options)
      })
    },
    { kind: 'repository' },
  )
  const env: Env = {
    DIRECTORY: directory.namespace,
    LOG: log.namespace,
    INVENTORY: inventory.namespace,
    TENANT: tenants.namespace,
    REPOSITORY: repository.namespace,
    PUBLIC_URL: 'http://127.0.0.1:8787',
    FORGE_API_URL: NO_FORGE,
    FORGE_APP_LOGIN: 'phoenix[bot]',
    PLATFORM_REPOSITORY: 'platform/fleet',
    FORGE_TOKEN: 'forge-token',
    FORGE_WEBHOOK_SECRET: 'forge-webhook-secret',
    BACK_OFFICE_URL: 'http://127.0.0.1:1',
    EDGE_SIGNING_KEY: SIGNING_KEY,
    PLATFORM_KEY: '00'.repeat(32),
    OPERATOR_TOKEN_DIGEST: secretDigestOf(OPERATOR_SECRET),
    RATE_LIMIT: '0',
    LOCAL: { fetch: () => Promise.reject(new TypeError('nothing is reachable here')) },
    ...(laptop ? { DEPLOYMENT: 'laptop' } : {}),
    ...more,
  }
  const app = createApp({ clock: () => now })
  register(app)

  /** `body`: bytes, text or a stream go as they are, anything else as JSON. */
  const send = async (
    method: string,
    path: string,
    { token, key, body, headers = {} }: Sent = {},
  ): Promise<Response> => {
    const raw =
      typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
    return app.request(
      path,
      {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as BodyInit }),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      },
      env,
    )
  }

  const operator = mintToken({
    tenantId: PLATFORM_TENANT_ID,
    tokenId: OPERATOR_TOKEN_ID,
    secret: OPERATOR_SECRET,
  })

  /** Creates and insists: for what a test takes for granted. */
  const create = async <T>(path: string, body: unknown, token = operator): Promise<T> => {
    keys += 1
    const response = await send('POST', path, { token, key: `world-${keys}`, body })
    if (response.status !== 201) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as T
  }

  const members = (tenant: string) => `/v1/tenants/${tenant}/members`
  /** Id of the member with this handle, who has the role from now on: made if there is none. */
  const ensureMember = async (
    tenant: string,
    handle: string,
    role: TenantRole | 'operator',
    person = true,
  ): Promise<string> => {
    const path = `${members(tenant)}/${handle}`
    const at = person ? members(tenant) : `/v1/tenants/${tenant}/service-accounts`
    keys += 1
    const made = await send('POST', at, {
      ...{ token: operator, key: `world-${keys}`, body: { handle, roles: [role] } },
    })
    if (made.status === 201) return ((await made.json()) as MemberView).id
    const known = await send('GET', path, { token: operator })
    if (known.status !== 200) throw new Error(`${at}: ${await made.text()}`)
    const { id, roles } = (await known.json()) as MemberView
    if (roles.includes(role)) return id
    const more = { headers: { 'if-match': '*' }, body: { roles: [...roles, role] } }
    const given = await send('PATCH', path, { token: operator, ...more })
    if (given.status !== 200) throw new Error(`${path}: ${await given.text()}`)
    return id
  }

  return {
    app,
    env,
    send,
    create,
    ensureMember,
    operator,
    directory,
    inventory,
    tenants,
    repository,
    log,
    advance: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000)
    },
    createTenant: (slug: string, more: object = {}) =>
      create<{ id: string; slug: string }>('/v1/tenants', {
        slug,
        name: slug.toUpperCase(),
        jurisdiction: 'eu',
        repository: `${slug}/infrastructure`,
        ...more,
      }),
    /** A new token of a member who has this role, with the scopes of that role and no others. */
    createToken: async (
      tenant: string,
      role: TenantRole | 'operator',
      { member = `${role}-1`, person = true, scopes = scopesOf(role), expiresAt }: TokenWishes = {},
    ) =>
      create<{ id: string; token: string; member: string }>(`/v1/tenants/${tenant}/tokens`, {
        ...{ name: role, member: await ensureMember(tenant, member, role, person), scopes },
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }),
    /** As if the member had proved that the account is his. */
    linkForgeAccount: (tenantId: string, memberId: string, login: string): void => {
      const found = tenants.actors.get(tenantId)
      if (!found) throw new Error('nobody has come to this tenant yet')
      found.surroundings.state.storage.sql.exec(
        'INSERT OR REPLACE INTO forge_accounts (memberId, login, method, provedAt) VALUES (?, ?, ?, ?)',
        ...[memberId, login, 'signature', '2026-11-21T12:00:00.000Z'],
      )
    },
  }
}
export type World = ReturnType<typeof createWorld>
