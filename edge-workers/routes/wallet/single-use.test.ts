// Whatever holds once holds once, however many come at the same time, and whatever answer was lost: one credential comes of one
// offer. The same over workerd: functions/verify/credentials/single-use.verify.ts.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type HolderKey, holderKey, type Said } from './holder.fixture.ts'
import { createIssuingWorld, type IssuingWorld } from './issuing-world.fixture.ts'

const MANY = 50
let world: IssuingWorld
let key: HolderKey
beforeAll(async () => {
  world = await createIssuingWorld()
  key = await holderKey()
})
afterAll(() => {
  vi.useRealTimers()
})

const many = <T>(run: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: MANY }, (_, at) => run(at)))
const counted = (answers: Said[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const what = status === 200 ? '200' : `${status} ${body.error}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}
const statusOf = ({ body }: Said): unknown => {
  const [{ credential = '' } = {}] = body.credentials as { credential: string }[]
  const payload = credential.split('.')[1] ?? ''
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).status
}

describe('50 at once', () => {
  it('redeem one code: one access token', async () => {
    const made = await world.offer({ txCode: false })
    const code = world.holder.codeOf(await world.holder.fetchOffer(made.uri ?? ''))
    const answers = await many(() => world.holder.redeem(code))
    expect(counted(answers)).toEqual({ '200': 1, '400 invalid_grant': MANY - 1 })
    const { body } = answers.find(({ status }) => status === 200) as Said
    const issued = await world.holder.request(String(body.access_token), 'badge', [key])
    expect(issued.status).toBe(200)
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })

  it('bring one nonce: one credential', async () => {
    const { made, token } = await world.authorized()
    const jwt = await world.holder.proof({ key, nonce: await world.holder.nonce() })
    const body = { credential_configuration_id: 'badge', proofs: { jwt: [jwt] } }
    const answers = await many(() => world.holder.post('credential', body, { token }))
    expect(counted(answers)).toEqual({ '200': 1, '400 invalid_nonce': MANY - 1 })
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })

  it('bring one nonce to 50 offers: one credential', async () => {
    const offers = await many(() => world.authorized({ txCode: false }))
    const jwt = await world.holder.proof({ key, nonce: await world.holder.nonce() })
    const body = { credential_configuration_id: 'badge', proofs: { jwt: [jwt] } }
    const answers = await many((at) =>
      world.holder.post('credential', body, { token: offers[at]?.token }),
    )
    expect(counted(answers)).toEqual({ '200': 1, '400 invalid_nonce': MANY - 1 })
    const issued = await Promise.all(offers.map(({ made }) => world.issuance(made)))
    expect(issued.flatMap(({ credentials }) => credentials)).toHaveLength(1)
  })

  it('bring 50 keys: one of them has it', async () => {
    const { made, token } = await world.authorized()
    const keys = await many(holderKey)
    const answers = await many((at) =>
      world.holder.request(token, 'badge', [keys[at] as HolderKey]),
    )
    expect(counted(answers)).toEqual({ '200': 1, '400 credential_request_denied': MANY - 1 })
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })

  it('bring the same key with 50 nonces: the same credential', async () => {
    const { made, token } = await world.authorized()
    const answers = await many(() => world.holder.request(token, 'badge', [key]))
    expect(counted(answers)).toEqual({ '200': MANY })
    expect(new Set(answers.map((one) => JSON.stringify(statusOf(one)))).size).toBe(1)
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })

  it('guess a transaction code: five tries, then the code is dead', async () => {
    const made = await world.offer({ txCode: { length: 8 } })
    const code = world.holder.codeOf(await world.holder.fetchOffer(made.uri ?? ''))
    const answers = await many((at) => world.holder.redeem(code, `wrong${at}`))
    expect(counted(answers)).toEqual({ '400 invalid_grant': MANY })
    const told = answers.flatMap(
      ({ body }) => /left: (\d)/.exec(String(body.error_description))?.[1] ?? [],
    )
    expect(told.sort()).toEqual(['0', '1', '2', '3', '4'])
    expect((await world.holder.redeem(code, made.txCode)).body.error).toBe('invalid_grant')
    const view = await world.issuance(made)
    expect(view).toMatchObject({ state: 'failed', error: { code: 'tx-code-tries' }, triesLeft: 0 })
    expect(world.row(made).claims).toBeNull()
  })

  it('say what became of it: it is accepted once', async () => {
    const { made, token } = await world.authorized()
    const issued = await world.holder.request(token, 'badge', [key])
    const id = issued.body.notification_id
    const answers = await many(() => world.holder.notify(token, id))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    const log = await world.api('GET', '/audit?limit=200')
    const steps = (log.body.items as { subject: string; to: string }[]).filter(
      ({ subject, to }) => subject === made.issuance.id && to === 'accepted',
    )
    expect(steps).toHaveLength(1)
  })

  it('make an offer under one key: one offer', async () => {
    const body = { configurations: ['badge'], claims: { given_name: 'A', family_name: 'B' } }
    const answers = await many(() => world.api('POST', '/credential-offers', { body, key: 'one' }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(
      new Set(answers.map(({ body: { id, txCode, uri } }) => `${id} ${txCode} ${uri}`)).size,
    ).toBe(1)
  })
})

describe('an answer that was lost', () => {
  it('is asked for again with the same keys, and has the same places', async () => {
    const { made, token } = await world.authorized()
    const keys = [key, await holderKey()]
    const first = await world.holder.request(token, 'badge', keys)
    const again = await world.holder.request(token, 'badge', [...keys].reverse())
    expect(again.status).toBe(200)
    const places = (said: Said) =>
      (said.body.credentials as { credential: string }[])
        .map(({ credential }) =>
          JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString()),
        )
        .map(({ cnf, status, iat, exp }) => JSON.stringify({ cnf, status, iat, exp }))
        .sort()
    expect(places(again)).toEqual(places(first))
    expect(again.body.notification_id).toBe(first.body.notification_id)
    const view = await world.issuance(made)
    expect(view.credentials).toHaveLength(2)
    for (const other of [[key], [await holderKey()], [...keys, await holderKey()]]) {
      const refused = await world.holder.request(token, 'badge', other)
      expect([refused.status, refused.body.error]).toEqual([400, 'credential_request_denied'])
    }
  })

  it('is not given again once it was accepted, or its token is over', async () => {
    const { token } = await world.authorized()
    const issued = await world.holder.request(token, 'badge', [key])
    await world.holder.notify(token, issued.body.notification_id)
    const after = await world.holder.request(token, 'badge', [key])
    expect([after.status, after.body.error]).toEqual([400, 'credential_request_denied'])
    const { made, token: late } = await world.authorized()
    await world.holder.request(late, 'badge', [key])
    world.advance(901)
    const over = await world.holder.request(late, 'badge', [key])
    expect([over.status, over.body.error]).toEqual([401, 'invalid_token'])
    expect((await world.issuance(made)).state).toBe('issued')
  })

  it('between the actor’s write and the answer is as if it had been lost on the way', async () => {
    const { made, token } = await world.authorized()
    world.tenants.setIntercept(async (call, run) => {
      const value = await run()
      if (call.endsWith('.wallet')) throw new Error('the connection is gone')
      return value
    })
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const lost = await world.holder.request(token, 'badge', [key])
    expect(lost.status).toBe(500)
    world.tenants.setIntercept(null)
    silent.mockRestore()
    world.tenants.evict(world.tenantId)
    const again = await world.holder.request(token, 'badge', [key])
    expect(again.status).toBe(200)
    expect((await world.issuance(made)).credentials).toHaveLength(1)
  })
})

it('what was revoked is not fetched once more, nor what its offer had beside it', async () => {
  const { made, token } = await world.authorized({ configurations: ['badge', 'pass'] })
  expect((await world.holder.request(token, 'badge', [key])).status).toBe(200)
  const [id] = (await world.issuance(made)).credentials
  const revoked = await world.api('POST', `/credentials/${id}/revoke`, { body: { reason: 'x' } })
  expect(revoked.status).toBe(200)
  for (const name of ['badge', 'pass'])
    expect(counted([await world.holder.request(token, name, [key])])).toEqual({
      '400 credential_request_denied': 1,
    })
  expect((await world.issuance(made)).credentials).toEqual([id])
})
