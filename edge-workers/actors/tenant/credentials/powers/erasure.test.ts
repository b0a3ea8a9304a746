// What a member’s erasure leaves in the tables of credentials: every table of them is named here, so that a new one has to say what
// becomes of it.
import { getTableName, is, Table } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { PersonalExport } from '../../../../../schemas/personal-export.ts'
import * as tables from '../../../../../schemas/tables/tenant/credentials.ts'
import { browserOf, linkIn } from './browser.fixture.ts'
import { createPowerWorld, type PowerWorld } from './power-world.fixture.ts'

/**
 * Columns that may have his pseudonym after he was erased: who did something stays. `about` and `createdBy` of an approval are
 * what the change was approved by, and so is `evidence`, sealed.
 */
const AFTER: Record<string, readonly string[]> = {
  issuer: [],
  issuer_keys: [],
  credential_configurations: ['createdBy'],
  credential_offers: ['createdBy', 'behind'],
  spent_nonces: [],
  credentials: ['changedBy'],
  status_lists: [],
  trusted_issuers: ['createdBy'],
  presentation_requests: ['createdBy', 'about'],
}
const NAMES = Object.values(tables)
  .filter((one) => is(one, Table))
  .map((table) => getTableName(table))

let made: PowerWorld
beforeEach(async () => {
  made = await createPowerWorld()
})
afterEach(() => vi.useRealTimers())

const rowsOf = (table: string): Record<string, unknown>[] =>
  made.world.tenants
    .storageOf(made.world.tenantId)
    ?.sql.exec(`select * from "${table}"`)
    .toArray() ?? []
/** Where in a row this text stands. */
const placesOf = (table: string, text: string): string[] => [
  ...new Set(
    rowsOf(table).flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) =>
        String(value ?? '').includes(text) ? [name] : [],
      ),
    ),
  ),
]

/** Eva holds, presents, approves, asks and trusts; people write of her what they like. */
const live = async () => {
  const token = await made.world.tokenOf('eva', 'owner')
  const eva = await made.world.idOf('eva')
  const roles = ['owner', 'approver']
  await made.insist('PATCH', `/members/${eva}`, { body: { roles }, ifMatch: '*' })
  const described = { txCode: { mode: 'numeric', length: 6, description: 'At Unsaid Street 1' } }
  const take = async (configuration: string) =>
    made.redeem(
      await made.insist('POST', '/credential-offers', {
        body: { configurations: [configuration], member: eva, ...described },
      }),
    )
  const approver = await take('phoenix-approver')
  const member = await take('phoenix-member')
  await made.rule({ approvals: 1, credential: true })
  const change = await made.propose('web')
  const asked = await made.insist<{ uri: string }>('POST', `/changes/${change}/approval-requests`, {
    ...{ token, body: {}, key: 'Unsaid-approval' },
  })
  expect(await made.show(asked, approver)).toMatchObject({ status: 200 })
  const browser = browserOf(made)
  const page = await browser.go('GET', (await browser.begin()).to ?? '')
  expect(await made.show({ uri: linkIn(page.text) }, member)).toMatchObject({ status: 200 })
  await made.insist('POST', '/presentation-requests', {
    ...{ token, key: 'Unsaid-request' },
    body: {
      purpose: 'To see',
      dcql_query: {
        credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:x'] } }],
      },
    },
  })
  await made.insist('POST', '/trusted-issuers', {
    ...{ token, key: 'Unsaid-trust' },
    body: { name: 'Elsewhere', kind: 'jwt-vc-issuer', value: 'https://issuer.example.com' },
  })
  await made.insist('POST', `/credentials/${member.id}/suspend`, {
    body: { reason: 'Unsaid called in sick' },
  })
  // Offered, and never taken.
  await made.insist('POST', '/credential-offers', {
    body: { configurations: ['phoenix-member'], member: eva, ...described },
  })
  return { token, eva, change, keys: [approver.key.kid, member.key.kid] }
}

it('of every table it is known what stays, and no other has his name in it', async () => {
  expect(Object.keys(AFTER).sort()).toEqual([...NAMES].sort())
  const { token, eva, change, keys } = await live()
  const exported = await made.insist<PersonalExport>('GET', `/members/${eva}/export`, { token })
  expect(exported).toMatchObject({ credentials: [{}, {}], issuances: [{}, {}, {}] })
  expect(exported.presentations.map(({ kind }) => kind).sort()).toEqual([
    ...['approval', 'request', 'sign-in'],
  ])
  const texts = [...keys, 'Unsaid']
  const before = texts.filter((text) => NAMES.some((table) => placesOf(table, text).length > 0))
  expect(before).toEqual(texts)
  await made.insist('DELETE', `/members/${eva}`, { ifMatch: '*' })
  await made.insist('POST', `/members/${eva}/erase`, { ifMatch: '*' })
  for (const table of NAMES) {
    expect([table, placesOf(table, eva).filter((one) => !AFTER[table]?.includes(one))]).toEqual([
      ...[table, []],
    ])
    for (const text of texts) expect([table, placesOf(table, text)]).toEqual([table, []])
  }
  expect(placesOf('transitions', 'Unsaid')).toEqual([])
  expect(rowsOf('presentation_requests').map(({ kind }) => kind)).not.toContain('sign-in')
  expect((await made.world.read(change)).approvals[0]?.subject).toBe(eva)
})
