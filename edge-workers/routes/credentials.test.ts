// Credentials over the API and in the list that verifiers read: revoked, suspended, reinstated, each once, each in the log.
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CredentialView } from '../../schemas/credential.ts'
import {
  type CredentialWorld,
  createCredentialWorld,
} from '../actors/tenant/credentials/credential-world.fixture.ts'
import { rotateKeys } from '../actors/tenant/credentials/issuer/rotate.ts'
import type { JsonObject } from '../credentials/json.ts'
import { readStatusList, statusAt } from '../credentials/status-list.ts'

let made: CredentialWorld
beforeAll(async () => {
  made = await createCredentialWorld()
  await made.issuer()
})

const step = (
  verb: 'revoke' | 'suspend' | 'reinstate',
  id: string,
  { reason = 'lost', ...options }: { key?: string; token?: string; reason?: string } = {},
) => made.send('POST', `/credentials/${id}/${verb}`, { ...options, body: { reason } })
const problemOf = async (response: Response) => {
  const { type } = (await response.json()) as { type: string }
  return [response.status, type.split('/').at(-1)]
}
/** As a verifier sees it: by the reference in the credential, out of the published list. */
const published = async (id: string): Promise<number | null> => {
  const { statusReference } = await made.readCredential(id)
  if (!statusReference) throw new Error('no reference')
  const response = await made.open(new URL(statusReference.uri).pathname)
  const list = await readStatusList(decodeJwt(await response.text()) as JsonObject)
  return list && statusAt(list, statusReference.idx)
}

describe('a credential', () => {
  it('is valid, suspended, valid again and revoked for good, in the API and in the list at once', async () => {
    const id = made.issue()
    const bystander = made.issue()
    expect([(await made.readCredential(id)).status, await published(id)]).toEqual(['valid', 0])
    const suspended = await step('suspend', id, { reason: 'phone lost' })
    expect(await suspended.json()).toMatchObject({
      ...{ id, status: 'suspended', reason: 'phone lost', version: 2 },
      changedBy: expect.stringMatching(/^usr_/),
    })
    expect(await published(id)).toBe(2)
    expect((await step('reinstate', id)).status).toBe(200)
    expect(await published(id)).toBe(0)
    expect((await step('suspend', id)).status).toBe(200)
    expect((await step('revoke', id)).status).toBe(200)
    expect(await published(id)).toBe(1)
    for (const verb of ['reinstate', 'suspend'] as const)
      expect(await problemOf(await step(verb, id))).toEqual([409, 'conflict'])
    expect([await published(id), await published(bystander)]).toEqual([1, 0])
  })

  it('is changed once for one key, and by no key of another command', async () => {
    const id = made.issue()
    const answers = await Promise.all([1, 2, 3].map(() => step('suspend', id, { key: 's' })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await made.readCredential(id)).toMatchObject({ status: 'suspended', version: 2 })
    for (const again of [
      step('revoke', id, { key: 's' }),
      step('suspend', id, { key: 's', reason: 'x' }),
    ])
      expect(await problemOf(await again)).toEqual([422, 'idempotency-key-reused'])
    await step('reinstate', id)
    expect((await step('suspend', id, { key: 's' })).status).toBe(200)
    expect((await made.readCredential(id)).status).toBe('valid')
    expect(await problemOf(await step('reinstate', id))).toEqual([409, 'conflict'])
  })

  it('asks for a reason and a key, and for somebody who may', async () => {
    const id = made.issue()
    const path = `/credentials/${id}/revoke`
    expect((await made.send('POST', path, { body: {} })).status).toBe(422)
    expect((await made.send('POST', path, { body: { reason: 'a\nb' } })).status).toBe(422)
    const bare = { token: made.tokens.owner, body: { reason: 'x' } }
    expect((await made.world.send('POST', `/v1/tenants/acme${path}`, bare)).status).toBe(400)
    for (const token of [made.tokens.auditor, made.tokens.requester])
      expect((await step('revoke', id, { token })).status).toBe(403)
    expect((await made.readCredential(id)).status).toBe('valid')
    const never = `crd_${'q'.repeat(26)}`
    expect(await problemOf(await step('revoke', never))).toEqual([404, 'not-found'])
    expect((await made.send('GET', `/credentials/${never}`)).status).toBe(404)
    expect((await made.send('GET', '/credentials/x')).status).toBe(404)
  })

  it('of a driver that suspends nothing is not suspended, and says so', async () => {
    const id = made.issue({ driver: 'entra' })
    for (const verb of ['suspend', 'reinstate'] as const)
      expect(await problemOf(await step(verb, id))).toEqual([409, 'driver-unable'])
    expect((await made.readCredential(id)).status).toBe('valid')
  })

  it('has every step in the log, and its reason in no leaf', async () => {
    const id = made.issue()
    await step('suspend', id, { reason: 'Ada lost her phone' })
    await step('revoke', id, { reason: 'Ada left' })
    const rows = made.sql
      .exec('SELECT "from", "to", version, reason FROM transitions WHERE changeId = ?', id)
      .toArray()
    expect(rows).toEqual([
      { from: 'none', to: 'valid', version: 1, reason: null },
      { from: 'valid', to: 'suspended', version: 2, reason: 'Ada lost her phone' },
      { from: 'suspended', to: 'invalid', version: 3, reason: 'Ada left' },
    ])
    const leaves = made.sql.exec('SELECT * FROM log_leaves').toArray()
    expect(JSON.stringify(leaves)).toContain(id)
    expect(JSON.stringify(leaves)).not.toContain('Ada')
  })
})

describe('the list of credentials', () => {
  it('shows the newest first, page by page, and by what they are', async () => {
    const other = await createCredentialWorld()
    await other.issuer()
    const ids = Array.from({ length: 5 }, (_, at) =>
      other.issue(at === 2 ? { member: `usr_${'m'.repeat(20)}` } : {}),
    )
    const read = async (query: string) => {
      const token = other.tokens.auditor
      const response = await other.send('GET', `/credentials${query}`, { token })
      return (await response.json()) as { items: CredentialView[]; next: string | null }
    }
    const seen: string[] = []
    let next: string | null = '/v1/tenants/acme/credentials?limit=2'
    while (next !== null) {
      const page = await other.world.send('GET', next, { token: other.tokens.auditor })
      const body = (await page.json()) as { items: CredentialView[]; next: string | null }
      seen.push(...body.items.map(({ id }) => id))
      next = body.next
    }
    expect(seen.toSorted()).toEqual(ids.toSorted())
    const [, second = ''] = ids
    const revoke = { body: { reason: 'x' } }
    await other.send('POST', `/credentials/${second}/revoke`, revoke)
    const idsOf = async (query: string) => (await read(query)).items.map(({ id }) => id)
    expect(await idsOf('?status=invalid')).toEqual([second])
    expect(await idsOf(`?member=usr_${'m'.repeat(20)}`)).toEqual([ids[2]])
    expect(await idsOf('?configuration=nothing')).toEqual([])
    expect((await other.send('GET', '/credentials?status=lost')).status).toBe(422)
    expect(
      (await other.send('GET', '/credentials', { token: other.tokens.requester })).status,
    ).toBe(403)
  })
})

describe('the published list', () => {
  it('is signed again after a rotation, and when half of its time is over', async () => {
    const path = `/i/${made.issuerId}/status-lists/1`
    const kidOf = async () => {
      const [header = ''] = (await (await made.open(path)).text()).split('.')
      return (JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))) as { kid: string })
        .kid
    }
    const before = await kidOf()
    const sent = { key: 'r', fingerprint: 'f', body: null }
    await rotateKeys(made.context, { subject: 'mbr_x' } as never, sent)
    expect(await kidOf()).not.toBe(before)
    const token = await (await made.open(path)).text()
    expect(await (await made.open(path)).text()).toBe(token)
    made.sql.exec('UPDATE status_lists SET tokenUntil = ?', new Date(0).toISOString())
    expect(await (await made.open(path)).text()).not.toBe(token)
  })
})
