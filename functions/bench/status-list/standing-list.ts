// A tenant whose status list has given away half of its 131,072 positions, as full as one ever gets: credentials are put into the
// tenant's own table at once. What is measured on it goes through the product.
import { openDatabase } from '../../../edge-workers/actors/database.ts'
import { migrations } from '../../../edge-workers/actors/migrations/tenant.ts'
import type { TenantContext } from '../../../edge-workers/actors/tenant/context.ts'
import { issuerOf } from '../../../edge-workers/actors/tenant/credentials/issuer/issuer.ts'
import { openLog } from '../../../edge-workers/actors/tenant/log/append.ts'
import { POSITIONS } from '../../../edge-workers/credentials/status-list.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { fakeStorage } from '../../simulator/actor-storage.ts'

const AT = '2026-11-22T07:00:00.000Z'
const TENANT = 'ten_eu_aaaaaaaaaaaaaaaa'
const ISSUED = POSITIONS / 2
const ROWS_AT_ONCE = 1_000

export interface StandingList {
  context: TenantContext
  issued: number
  /** Not valid, before the first turn. */
  changed: number
  idAt: (index: number) => string
}

/** All positions in an order without a pattern, the same in every run: patterns would compress. */
const shuffled = (): Uint32Array => {
  const all = Uint32Array.from({ length: POSITIONS }, (_, at) => at)
  let state = 0x9e3779b9
  for (let at = POSITIONS - 1; at > 0; at -= 1) {
    // xorshift32.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const other = (state >>> 0) % (at + 1)
    const [one = 0, two = 0] = [all[at], all[other]]
    all[at] = two
    all[other] = one
  }
  return all
}
const positions = shuffled()
export const positionAt = (index: number): number => positions[index] ?? 0

/** `share`: of the issued ones that are revoked; every tenth of them is suspended instead. */
export const standingList = async (share: number, issued = ISSUED): Promise<StandingList> => {
  const storage = fakeStorage()
  const db = openDatabase(storage as unknown as DurableObjectStorage, tables, migrations)
  const env = {
    ...{ PUBLIC_URL: 'https://phoenix.example', PLATFORM_KEY: '00'.repeat(32) },
    DIRECTORY: { getByName: () => ({ keepIssuer: async () => undefined }) },
  }
  openLog(db, env)
  const [row] = db
    .insert(tables.tenant)
    .values({
      ...{
        id: TENANT,
        slug: 'acme',
        name: 'Acme',
        jurisdiction: 'eu',
        jurisdictionSimulated: true,
      },
      ...{ repository: 'acme/infrastructure', repositoryUrl: 'https://forge.example/acme' },
      ...{ quota: {} as never, basesOn: [], createdAt: AT, version: 1 },
    })
    .returning()
    .all()
  if (!row) throw new Error('no tenant was written')
  const context = {
    ...{ db, env, now: () => new Date(), tenant: () => row, arm: async () => undefined },
  } as unknown as TenantContext
  await issuerOf(context)
  db.insert(tables.statusLists).values({ id: 1, used: issued, version: 1, createdAt: AT }).run()
  const changed = Math.round(issued * share)
  const idAt = (index: number): string => `crd_${index.toString(36).padStart(26, '0')}`
  storage.transactionSync(() => {
    for (let from = 0; from < issued; from += ROWS_AT_ONCE) {
      const values = Array.from({ length: Math.min(ROWS_AT_ONCE, issued - from) }, (_, at) => {
        const index = from + at
        const ended = index % 10 === 0 ? ('suspended' as const) : ('invalid' as const)
        return {
          ...{ id: idAt(index), configuration: 'badge', driver: 'openid4vci' as const },
          ...{ offerId: `ofr_${index}`, list: 1, position: positionAt(index) },
          status: index < changed ? ended : ('valid' as const),
          ...{ issuedAt: AT, expiresAt: AT, updatedAt: AT, version: 1 },
        }
      })
      db.insert(tables.credentials).values(values).run()
    }
  })
  return { context, issued, changed, idAt }
}
