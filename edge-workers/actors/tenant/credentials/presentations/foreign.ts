// What others publish of their credentials: keys (/.well-known/jwt-vc-issuer) and status lists. Their addresses come from a
// tenant's trust list or out of a credential, so each is judged right before it is called, over the public network only, without
// redirects, in little time and little memory. Nothing of an answer is shown to anybody.
import * as z from 'zod'
import type { Clock } from '../../../../../schemas/ports.ts'
import { Outage } from '../../../../../schemas/result.ts'
import { createKept } from '../../../../auth/oidc/kept.ts'
import { isObject, type JsonObject, parseObject } from '../../../../credentials/json.ts'
import { type KnownList, openStatusList } from '../../../../credentials/read-status-list.ts'
import type { Env } from '../../../../env.ts'
import { addressRules, publicAddress } from '../../../../public-address.ts'
import { readNeighbour } from './neighbours.ts'

const TIMEOUT_MS = 5_000
const KEYS_BYTES_AT_MOST = 65_536
const LIST_BYTES_AT_MOST = 1_048_576
const KEYS_AT_MOST = 50
const ISSUERS_AT_MOST = 100
const PORT = 'issuer'

const failed = (reason: string): Outage => new Outage(PORT, reason, 30)

/** At most so many bytes of the body, as text. */
const textOf = async (response: Response, bytesAtMost: number): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const reader = response.body?.getReader()
  let bytes = 0
  let text = ''
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength
    if (bytes > bytesAtMost) {
      await reader?.cancel()
      throw failed('answers with too much')
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

/** Throws Outage for everything but a 200 of this media type from exactly this address. */
const getForeign = async (
  env: Env,
  url: string,
  { accept, bytesAtMost }: { accept: string; bytesAtMost: number },
): Promise<string> => {
  const inside = await readNeighbour(env, url)
  if (inside !== undefined) {
    if (inside === null) throw failed('does not give its documents')
    return inside
  }
  const address = publicAddress(url, { own: addressRules(env).own ?? [] })
  if (!address.ok) throw failed('has an address that is not called')
  try {
    const response = await fetch(address.value.href, {
      headers: { accept, 'user-agent': 'Phoenix-Verifier/1' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
    if (response.status !== 200 || type.trim().toLowerCase() !== accept) {
      await response.body?.cancel()
      throw failed('does not give its documents')
    }
    return await textOf(response, bytesAtMost)
  } catch (error) {
    throw error instanceof Outage ? error : failed('does not answer')
  }
}

/** draft-ietf-oauth-sd-jwt-vc §4: between host and path. */
const metadataAddress = (issuer: string): string => {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/jwt-vc-issuer${pathname.replace(/\/$/, '')}`
}

const Metadata = z.object({
  issuer: z.string(),
  jwks: z.object({ keys: z.array(z.unknown()).max(KEYS_AT_MOST) }).optional(),
  jwks_uri: z.string().max(2_048).optional(),
})

const JSON_BODY = { accept: 'application/json', bytesAtMost: KEYS_BYTES_AT_MOST }

const fetchKeys = async (env: Env, issuer: string): Promise<JsonObject[]> => {
  const read = parseObject(await getForeign(env, metadataAddress(issuer), JSON_BODY))
  const { data } = Metadata.safeParse(read)
  // Exactly one of the two (§4.2).
  if (data?.issuer !== issuer || (data.jwks === undefined) === (data.jwks_uri === undefined))
    throw failed('does not give the documents of its issuer')
  const set = data.jwks ?? parseObject(await getForeign(env, data.jwks_uri ?? '', JSON_BODY))
  const keys = isObject(set) && Array.isArray(set.keys) ? set.keys.slice(0, KEYS_AT_MOST) : []
  return keys.filter(isObject)
}

/** What is kept in memory, by installation: several may be in one process. */
const memories = new WeakMap<object, ReturnType<typeof newMemory>>()
const newMemory = () => ({
  keySets: createKept<JsonObject[]>(ISSUERS_AT_MOST),
  lists: new Map<string, KnownList>(),
  underWay: new Map<string, Promise<KnownList | null>>(),
  failures: new Map<string, number>(),
})
const memoryOf = (env: Env) => {
  const known = memories.get(env.DIRECTORY) ?? newMemory()
  memories.set(env.DIRECTORY, known)
  return known
}

/** Null: they cannot be had now. A key that is not among those that are known is looked for anew, not too often. */
export const readForeignKeys = async (
  env: Env,
  now: Clock,
  { tenantId, url, kid }: { tenantId: string; url: string; kid: string | null },
): Promise<readonly JsonObject[] | null> => {
  // Of one tenant alone: no other’s pauses and failures are its own.
  const name = `${tenantId} ${url}`
  const { keySets } = memoryOf(env)
  const load = () => fetchKeys(env, url)
  try {
    const keys = await keySets.get(name, now, load)
    if (kid === null || keys.some((key) => key.kid === kid)) return keys
    // Null: it is too soon to ask again, and a new key may be there.
    const newer = await keySets.renew(name, now, load)
    if (newer?.some((key) => key.kid === kid)) keySets.helped(name, now)
    return newer
  } catch (error) {
    if (error instanceof Outage) return null
    throw error
  }
}

/** Unpacked lists, those used last, of all tenants together. */
const LISTS_BYTES_AT_MOST = 16_777_216
const FAILED_MS = 5_000
const FAILURES_AT_MOST = 1_000

const keepList = (lists: Map<string, KnownList>, name: string, list: KnownList): void => {
  lists.delete(name)
  lists.set(name, list)
  let bytes = [...lists.values()].reduce((sum, { list: kept }) => sum + kept.byteLength, 0)
  for (const [oldest, { list: kept }] of lists) {
    if (bytes <= LISTS_BYTES_AT_MOST) break
    lists.delete(oldest)
    bytes -= kept.byteLength
  }
}

const noteFailure = (failures: Map<string, number>, name: string, until: number): void => {
  if (failures.size >= FAILURES_AT_MOST) failures.clear()
  failures.set(name, until)
}

const LIST_BODY = { accept: 'application/statuslist+jwt', bytesAtMost: LIST_BYTES_AT_MOST }

/**
 * A list at its address, as `anchor` of this tenant’s trust signed it; kept for as long as it says. Null: what is there is not to
 * be believed. Throws Outage where nobody answers.
 */
export const readForeignList = async (
  env: Env,
  now: Clock,
  {
    tenantId,
    uri,
    anchor,
    keyOf,
  }: {
    tenantId: string
    uri: string
    anchor: string
    keyOf: (header: JsonObject) => Promise<CryptoKey | null>
  },
): Promise<KnownList | null> => {
  const { lists, failures, underWay } = memoryOf(env)
  const name = `${tenantId} ${anchor} ${uri}`
  const at = now().getTime()
  const kept = lists.get(name)
  if (kept && kept.until > at) return kept
  if ((failures.get(name) ?? 0) > at) throw failed('does not answer')
  const load = async (): Promise<KnownList | null> => {
    try {
      const token = await getForeign(env, uri, LIST_BODY)
      const list = await openStatusList(token, { uri, now: now().getTime(), keyOf })
      if (list) keepList(lists, name, list)
      else noteFailure(failures, name, now().getTime() + FAILED_MS)
      return list
    } catch (error) {
      noteFailure(failures, name, now().getTime() + FAILED_MS)
      throw error
    } finally {
      underWay.delete(name)
    }
  }
  const pending = underWay.get(name) ?? load()
  underWay.set(name, pending)
  return pending
}
