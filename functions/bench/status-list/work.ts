// One change of a status until it is published, by the product; and the same list made naively: every row read, every position
// written, the whole compressed and signed by a library.
import { deflateSync } from 'node:zlib'
import { eq } from 'drizzle-orm'
import { CompactSign, compactVerify, decodeJwt, importJWK } from 'jose'
import { transaction } from '../../../edge-workers/actors/database.ts'
import { publicKeys } from '../../../edge-workers/actors/tenant/credentials/issuer/issuer.ts'
import { changeStatus } from '../../../edge-workers/actors/tenant/credentials/status/change.ts'
import { statusListToken } from '../../../edge-workers/actors/tenant/credentials/status/lists.ts'
import type { JsonObject } from '../../../edge-workers/credentials/json.ts'
import {
  POSITIONS,
  readStatusList,
  STATUS_VALUES,
  statusAt,
} from '../../../edge-workers/credentials/status-list.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { positionAt, type StandingList } from './standing-list.ts'

const NAIVE_TTL_SECONDS = 60

/** The status of credential `index` goes to and fro. */
export const change = ({ context, idAt }: StandingList, index: number): void => {
  const id = idAt(index)
  transaction(context.db, (tx) => {
    const how = { actor: 'phoenix', reason: null }
    const result = changeStatus(context, tx, id, 'suspended', how)
    if (!result.ok) throw new Error('the status did not change')
    return null
  })
}

export const publish = async ({ context }: StandingList): Promise<string> => {
  const made = await statusListToken(context, 1)
  if (!made.ok) throw new Error('no list was made')
  return made.value
}

/** ES256, of the naive way alone. */
const naiveKey = crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
  ...(['sign', 'verify'] as const),
]) as Promise<CryptoKeyPair>

const naiveArray = ({ context }: StandingList): Uint8Array => {
  const rows = context.db
    .select({ position: tables.credentials.position, status: tables.credentials.status })
    .from(tables.credentials)
    .where(eq(tables.credentials.list, 1))
    .all()
  const words = new Map(rows.map(({ position, status }) => [position, status]))
  const list = new Uint8Array(POSITIONS / 4)
  for (let position = 0; position < POSITIONS; position += 1) {
    const value = STATUS_VALUES[words.get(position) ?? 'valid']
    const at = position >> 2
    list[at] = (list[at] ?? 0) | (value << ((position & 3) * 2))
  }
  return list
}

export const publishNaively = async (list: StandingList): Promise<string> => {
  const lst = deflateSync(naiveArray(list), { level: 9 }).toString('base64url')
  const iat = Math.floor(Date.now() / 1_000)
  const payload = {
    ...{ sub: 'https://phoenix.example/status-lists/1', iat, exp: iat + 86_400 },
    ...{ ttl: NAIVE_TTL_SECONDS, status_list: { bits: 2, lst } },
  }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: 'statuslist+jwt' })
    .sign((await naiveKey).privateKey)
}

const readToken = async (token: string) => {
  const read = await readStatusList(decodeJwt(token) as JsonObject)
  if (!read) throw new Error('what was published is no status list')
  return read
}

/** Both lists say the same of every position, ours verifies by the published key, and it says what the rows say. */
export const check = async (list: StandingList): Promise<{ bytes: number; lst: number }> => {
  const token = await publish(list)
  const [key] = publicKeys(list.context)
  if (!key) throw new Error('no key')
  await compactVerify(token, await importJWK({ ...key.jwk }, 'ES256'))
  const ours = await readToken(token)
  const naive = await readToken(await publishNaively(list))
  for (let position = 0; position < POSITIONS; position += 1)
    if (statusAt(ours, position) !== statusAt(naive, position))
      throw new Error('two ways, two lists')
  for (const index of [0, 1, list.changed, list.issued - 1]) {
    const row = list.context.db
      .select()
      .from(tables.credentials)
      .where(eq(tables.credentials.id, list.idAt(index)))
      .get()
    if (!row || statusAt(ours, positionAt(index)) !== STATUS_VALUES[row.status])
      throw new Error('the list says something else than its rows')
  }
  const { status_list: said } = decodeJwt(token) as { status_list: { lst: string } }
  return { bytes: token.length, lst: said.lst.length }
}
