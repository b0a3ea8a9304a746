// Stand-in of Azure Key Vault on this machine: it challenges, makes versions, deletes softly, pages, limits and refuses as the real
// one does (its REST interface 7.4 to 2026-04-01). Simulated: whoever has this machine has what is in it.

import { serve } from '../serve.ts'
import { AUDIENCES, type Identity, TENANT_ID } from '../verified-id/identity.ts'
import * as items from './items.ts'
import * as keys from './keys.ts'
import { type Cost, createLimits, type Limits } from './limits.ts'
import { badParameter, notFound, refusalResponse, VaultRefusal } from './refusal.ts'
import { type Action, ASSIGNMENTS, requireRole, type VaultRole } from './roles.ts'
import { openStore, type Version } from './store.ts'

/** The vault that a laptop has without any setting. */
export const VAULT_HOST = 'phoenix.vault.azure.net'
const HOST = /^[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net$/
const API_VERSIONS = new Set(['7.4', '7.5', '7.6', '2025-07-01', '2026-04-01'])
const BODY_BYTES_AT_MOST = 65_536
const VALUE_BYTES_AT_MOST = 25_600
const PAGE_AT_MOST = 25

export interface VaultStandInOptions {
  /** Absolute; null: memory alone. */
  folder: string | null
  identity: Pick<Identity, 'verify'>
  assignments?: Record<string, readonly VaultRole[]>
  now?: () => Date
  /** Hosts of vaults that keep what was deleted until its time. */
  purgeProtected?: readonly string[]
  /** What is answered in place of everything, for tests. */
  instead?: (request: Request) => Response | Promise<Response> | null
}

interface Call extends items.VaultContext {
  url: URL
  body: items.Json
  parts: string[]
}
interface Row {
  method: string
  /** Below the host; `:` in front of what differs. */
  path: string
  action: Action
  cost?: (call: Call) => Cost
  answer: (call: Call) => items.Json | null
}

const part = ({ parts }: Call, at: number): string => parts[at] ?? ''

const page = (call: Call, all: items.Json[]): items.Json => {
  const { searchParams } = call.url
  const asked = Number(searchParams.get('maxresults') ?? PAGE_AT_MOST)
  if (!Number.isInteger(asked) || asked < 1 || asked > PAGE_AT_MOST)
    throw badParameter('maxresults is between 1 and 25.')
  const from = Number(searchParams.get('$skiptoken') ?? 0)
  if (!Number.isInteger(from) || from < 0) throw badParameter('The skip token is invalid.')
  const next = new URL(`${call.vault}${call.url.pathname}`)
  next.searchParams.set('api-version', searchParams.get('api-version') ?? '')
  next.searchParams.set('$skiptoken', String(from + asked))
  next.searchParams.set('maxresults', String(asked))
  const nextLink = from + asked < all.length ? next.href : null
  return { value: all.slice(from, from + asked), nextLink }
}

const listed = (call: Call, kind: items.Kind, deleted: boolean) =>
  [...call.store.items.values()]
    .filter((one) => one.vault === call.vault && one.kind === kind)
    .filter((one) => (one.deleted !== null) === deleted)
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const both = (kind: items.Kind, action: Action): Row[] => {
  const rows: [method: string, path: string, answer: Row['answer']][] = [
    [
      'GET',
      `/${kind}`,
      (c) =>
        page(
          c,
          listed(c, kind, false).map((one) => items.newestEntryOf(c, one)),
        ),
    ],
    [
      'GET',
      `/${kind}/:name/versions`,
      (c) => {
        const item = items.itemAt(c, kind, part(c, 1))
        const all = item && !item.deleted ? item.versions : []
        const view = (one: Version) => items.entryOf(c, item as never, one, one.version)
        return page(c, all.map(view))
      },
    ],
    [
      'PATCH',
      `/${kind}/:name/:version`,
      (c) => items.update(c, { kind, name: part(c, 1), version: part(c, 2) }, c.body),
    ],
    ['DELETE', `/${kind}/:name`, (c) => items.softDelete(c, kind, part(c, 1))],
    [
      'GET',
      `/deleted${kind}`,
      (c) =>
        page(
          c,
          listed(c, kind, true).map((one) => items.deletedEntryOf(c, one)),
        ),
    ],
    [
      'GET',
      `/deleted${kind}/:name`,
      (c) => items.deletedBundleOf(c, items.deletedAt(c, kind, part(c, 1))),
    ],
    ['POST', `/deleted${kind}/:name/recover`, (c) => items.recover(c, kind, part(c, 1))],
    [
      'DELETE',
      `/deleted${kind}/:name`,
      (c) => {
        items.purge(c, kind, part(c, 1))
        return null
      },
    ],
  ]
  return rows.map(([method, path, answer]) => ({ method, path, action, answer }))
}

const setSecret = (call: Call): items.Json => {
  const { value, contentType, tags, attributes } = call.body
  if (typeof value !== 'string' || Buffer.byteLength(value) > VALUE_BYTES_AT_MOST)
    throw badParameter('The property value is missing or too large.')
  const { item, version } = items.addVersion(call, 'secrets', part(call, 1), {
    ...{ value, ...items.tagsOf(tags) },
    ...(typeof contentType === 'string' ? { contentType } : {}),
    attributes: items.attributesOf(attributes, null, call.seconds),
  })
  return { value, ...items.bundleOf(call, item, version) }
}
const getSecret = (call: Call): items.Json => {
  const item = items.livingAt(call, 'secrets', part(call, 1))
  const version = items.versionAt(item, part(call, 2))
  items.requireEnabled(item, version, 'get')
  return { value: version.value, ...items.bundleOf(call, item, version) }
}
const getKey = (call: Call): items.Json => {
  const item = keys.keyAt(call, part(call, 1))
  const version = items.versionAt(item, part(call, 2))
  items.requireEnabled(item, version, 'get')
  return items.bundleOf(call, item, version)
}

const creation = (): Cost => ({ of: 'creations', units: 1 })
const secret = (): Cost => ({ of: 'secrets', units: 1 })
const COSTS: Record<number, number> = { 384: 4, 512: 8 }
const crypto = (call: Call): Cost => {
  const item = items.itemAt(call, 'keys', part(call, 1))
  const { n } = item?.versions.at(-1)?.jwk ?? {}
  return { of: 'others', units: COSTS[Buffer.from(n ?? '', 'base64url').length] ?? 1 }
}
const K = '/keys/:name'
const key = (method: string, path: string, answer: Row['answer'], cost?: Row['cost']): Row => ({
  ...{ method, path, answer, action: 'keys/manage' },
  ...(cost ? { cost } : {}),
})
const ROWS: Row[] = [
  ...both('secrets', 'secrets/manage'),
  {
    ...{ method: 'PUT', path: '/secrets/:name', action: 'secrets/manage', answer: setSecret },
    cost: secret,
  },
  { method: 'GET', path: '/secrets/:name', action: 'secrets/read', answer: getSecret },
  { method: 'GET', path: '/secrets/:name/:version', action: 'secrets/read', answer: getSecret },
  ...both('keys', 'keys/manage'),
  key('GET', `${K}/rotationpolicy`, (c) => keys.policyOf(c, part(c, 1))),
  key('PUT', `${K}/rotationpolicy`, (c) => keys.putPolicy(c, part(c, 1), c.body)),
  key('POST', `${K}/create`, (c) => keys.createKey(c, part(c, 1), c.body), creation),
  key('POST', `${K}/rotate`, (c) => keys.rotate(c, part(c, 1)), creation),
  key('GET', K, getKey),
  key('GET', `${K}/:version`, getKey),
  key('POST', `${K}/sign`, (c) => keys.sign(c, part(c, 1), '', c.body), crypto),
  key('POST', `${K}/:version/sign`, (c) => keys.sign(c, part(c, 1), part(c, 2), c.body), crypto),
  key(
    'POST',
    `${K}/:version/verify`,
    (c) => keys.verify(c, part(c, 1), part(c, 2), c.body),
    crypto,
  ),
]
const partsOf = ({ pathname }: URL): string[] => {
  try {
    return pathname
      .split('/')
      .filter((one) => one !== '')
      .map(decodeURIComponent)
  } catch {
    throw badParameter('The path is invalid.')
  }
}
const rowFor = (method: string, parts: string[]): Row | undefined =>
  ROWS.find((row) => {
    const wanted = row.path.slice(1).split('/')
    const fits = (one: string, at: number) => one.startsWith(':') || one === parts[at]
    return row.method === method && wanted.length === parts.length && wanted.every(fits)
  })

const bodyOf = async (request: Request): Promise<items.Json> => {
  const text = await request.text()
  if (text.length > BODY_BYTES_AT_MOST)
    throw new VaultRefusal(413, 'RequestEntityTooLarge', 'The request is too large.')
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as items.Json
  } catch {}
  throw badParameter('The request body is not an object of JSON.')
}

const CHALLENGE = `Bearer authorization="https://login.microsoftonline.com/${TENANT_ID}", resource="${AUDIENCES.vault}"`

/** In this process, without a port. */
export const createVaultStandIn = ({
  folder,
  identity,
  assignments = ASSIGNMENTS,
  now = () => new Date(),
  purgeProtected = [],
  instead = () => null,
}: VaultStandInOptions) => {
  const store = openStore(folder)
  const limits = new Map<string, Limits>()
  const limitsOf = (host: string): Limits => {
    const known = limits.get(host) ?? createLimits()
    limits.set(host, known)
    return known
  }

  const respond = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const host = request.headers.get('x-forwarded-host') ?? url.host
    if (!HOST.test(host)) throw notFound('Secret')
    const who = await identity.verify(request, AUDIENCES.vault)
    if (!who)
      throw new VaultRefusal(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer token.', {
        headers: { 'www-authenticate': CHALLENGE },
      })
    const apiVersion = url.searchParams.get('api-version')
    if (apiVersion === null) throw badParameter('api-version must be specified')
    if (!API_VERSIONS.has(apiVersion))
      throw badParameter('The specified version is not recognized. Consider using the latest one.')
    const parts = partsOf(url)
    const row = rowFor(request.method, parts)
    if (!row) throw new VaultRefusal(404, 'NotFound', 'There is no such operation.')
    requireRole(assignments, who.oid, row.action)
    const call: Call = {
      ...{ store, url, parts, body: await bodyOf(request) },
      vault: `https://${host}`,
      seconds: Math.floor(now().getTime() / 1_000),
      purgeProtected: purgeProtected.includes(host),
    }
    limitsOf(host).take(row.cost?.(call) ?? { of: 'others', units: 1 }, now().getTime())
    const answer = row.answer(call)
    return answer === null ? new Response(null, { status: 204 }) : Response.json(answer)
  }

  return {
    store,
    /** How often a vault was asked too much. */
    refused: (host: string = VAULT_HOST): number => limitsOf(host).refused(),
    async answer(request: Request): Promise<Response> {
      const planned = await instead(request)
      if (planned) return planned
      try {
        return await respond(request)
      } catch (error) {
        if (error instanceof VaultRefusal) return refusalResponse(error)
        return refusalResponse(new VaultRefusal(500, 'InternalServerError', 'Simulated vault.'))
      }
    },
  }
}
export type VaultStandIn = ReturnType<typeof createVaultStandIn>

/** On the loopback address. `port` 0 takes any free one; `hosts`: names of vaults that lead here. */
export const startVault = async ({
  port,
  hosts = [VAULT_HOST],
  ...options
}: VaultStandInOptions & { port: number; hosts?: readonly string[] }) => {
  const standIn = createVaultStandIn(options)
  const { origin, close } = await serve({ port, answer: (request) => standIn.answer(request) })
  return {
    ...standIn,
    origin,
    close,
    routes: Object.fromEntries(hosts.map((host) => [host, origin])),
    /** For the Functions. */
    settings: { SECRET_VAULTS: JSON.stringify({ default: `https://${hosts[0] ?? VAULT_HOST}` }) },
  }
}
