// A member's own credentials: offered by those who may decide about him, in what is given out to him, and gone with him.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PersonalExport } from '../../../../../schemas/personal-export.ts'
import { createPowerWorld, type PowerWorld } from './power-world.fixture.ts'

let made: PowerWorld
beforeEach(async () => {
  made = await createPowerWorld()
})
afterEach(() => vi.useRealTimers())

describe('a member’s own credential', () => {
  it('says what the platform says of him, and is offered to an approver alone as such', async () => {
    const { text } = await made.hold('phoenix-approver', made.world.ids.anton)
    const said = text
      .split('~')
      .slice(1, -1)
      .map((one) => JSON.parse(Buffer.from(one, 'base64url').toString()).slice(1))
    expect(Object.fromEntries(said)).toMatchObject({
      ...{ member: made.world.ids.anton, tenant: 'acme', roles: ['approver'] },
    })
    const wrong = { configurations: ['phoenix-approver'], member: made.world.ids.rita }
    expect((await made.api('POST', '/credential-offers', { body: wrong })).status).toBe(422)
  })

  it('of owners and approvers is offered by owners alone: who presents it is taken for them', async () => {
    const admin = await made.world.tokenOf('adam', 'admin')
    const offer = async (member: string) =>
      made.api('POST', '/credential-offers', {
        ...{ token: admin, body: { configurations: ['phoenix-member'], member } },
      })
    const { rita, anton, olga } = made.world.ids
    expect((await offer(rita)).status).toBe(201)
    expect([(await offer(anton)).problem, (await offer(olga)).problem]).toEqual([
      'forbidden',
      'forbidden',
    ])
  })

  it('that an admin offered does not make him an owner or approver when its holder becomes one', async () => {
    const admin = await made.world.tokenOf('adam', 'admin')
    const { rita } = made.world.ids
    const byAdmin = await made.redeem(await made.offer('phoenix-member', rita, admin))
    const open = await made.offer('phoenix-member', rita, admin)
    const byOwner = await made.hold('phoenix-member', rita)
    const roles = (...all: string[]) =>
      made.insist('PATCH', `/members/${rita}`, { body: { roles: all }, ifMatch: '*' })
    const statusOf = async ({ id }: { id: string }) =>
      (await made.insist<{ status: string }>('GET', `/credentials/${id}`)).status
    await roles('requester', 'auditor')
    expect([await statusOf(byAdmin), await statusOf(byOwner)]).toEqual(['valid', 'valid'])
    await roles('approver')
    expect([await statusOf(byAdmin), await statusOf(byOwner)]).toEqual(['invalid', 'valid'])
    await expect(made.redeem(open)).rejects.toThrow('not issued: 400')
  })

  it('is in what is given out to him, and after his erasure it is nobody’s and holds no more', async () => {
    const held = await made.hold('phoenix-member', made.world.ids.rita)
    const path = `/members/${made.world.ids.rita}`
    const exported = await made.insist<PersonalExport>('GET', `${path}/export`, {
      token: made.world.tokens.requester,
    })
    expect(exported.credentials).toMatchObject([{ id: held.id, status: 'valid' }])
    await made.insist('DELETE', path, { ifMatch: '*' })
    await made.insist('POST', `${path}/erase`, { ifMatch: '*' })
    expect(await made.insist('GET', `/credentials/${held.id}`)).toMatchObject({
      ...{ member: null, status: 'invalid', reason: 'the membership has ended' },
    })
  })
})
