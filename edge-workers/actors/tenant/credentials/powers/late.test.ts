// What comes late: a session that was begun and never used, a credential that was being signed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserOf, callerIn, linkIn } from './browser.fixture.ts'
import { createPowerWorld, type InWallet, type PowerWorld } from './power-world.fixture.ts'

let made: PowerWorld
beforeEach(async () => {
  made = await createPowerWorld()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Signed in at the Directory, with a cookie; no page of the tenant was opened yet. */
const signInOnly = async (held: InWallet) => {
  const browser = browserOf(made)
  const { to } = await browser.begin()
  const page = await browser.go('GET', to ?? '')
  expect(await made.show({ uri: linkIn(page.text) }, held)).toMatchObject({ fault: null })
  expect((await browser.go('GET', to ?? '')).status).toBe(303)
  return browser
}

describe('a sign-in by credential whose tenant was not opened yet', () => {
  it.each(['suspend', 'revoke'] as const)('ends with the credential: %s', async (what) => {
    const held = await made.hold('phoenix-member', made.world.ids.anton)
    const browser = await signInOnly(held)
    made.advance(600)
    await made.setStatus(held.id, what)
    expect((await browser.go('GET', '/t/acme')).status).not.toBe(200)
  })

  it('does not make an admin the owner that its holder becomes', async () => {
    const admin = await made.world.tokenOf('adam', 'admin')
    const { rita } = made.world.ids
    // Adam sees link and code of what he offers to Rita, and takes it himself.
    const taken = await made.redeem(await made.offer('phoenix-member', rita, admin))
    const adams = await signInOnly(taken)
    made.advance(600)
    await made.insist('PATCH', `/members/${rita}`, { body: { roles: ['owner'] }, ifMatch: '*' })
    expect(await made.insist('GET', `/credentials/${taken.id}`)).toMatchObject({
      status: 'invalid',
    })
    const { status } = await adams.go('GET', '/t/acme')
    const who = await made.world.tenant.whoAmI(callerIn(adams), 'self.read')
    expect([who.ok ? who.value.roles : [], status === 200]).toEqual([[], false])
  })
})

describe('a credential that is being signed', () => {
  it('when its holder becomes an owner is not issued on an admin’s offer', async () => {
    const admin = await made.world.tokenOf('adam', 'admin')
    const { rita } = made.world.ids
    const offer = await made.offer('phoenix-member', rita, admin)
    const sign = crypto.subtle.sign.bind(crypto.subtle)
    let promoted = false
    vi.spyOn(crypto.subtle, 'sign').mockImplementation(async (algorithm, key, data) => {
      const header = Buffer.from(
        Buffer.from(data as Uint8Array)
          .toString()
          .split('.')[0] ?? '',
        'base64url',
      )
      if (!promoted && header.toString().includes('"typ":"dc+sd-jwt"')) {
        promoted = true
        await made.insist('PATCH', `/members/${rita}`, { body: { roles: ['owner'] }, ifMatch: '*' })
      }
      return sign(algorithm, key, data)
    })
    const taken = await made.redeem(offer).catch((error: Error) => error.message)
    expect(promoted).toBe(true)
    expect(taken).toBe('not issued: 400')
  })
})

describe('an owner who was removed', () => {
  it('does not sign in any more as another owner, by a credential that he offered to him', async () => {
    const token = await made.world.tokenOf('otto', 'owner')
    const [otto, { olga, anton }] = [await made.world.idOf('otto'), made.world.ids]
    const [taken] = [await made.redeem(await made.offer('phoenix-member', olga, token))]
    await made.hold('phoenix-member', anton)
    await made.insist('DELETE', `/members/${otto}`, { ifMatch: '*' })
    const browser = browserOf(made)
    const { to } = await browser.begin()
    const page = await browser.go('GET', to ?? '')
    expect((await made.show({ uri: linkIn(page.text) }, taken)).fault).toBe('revoked')
    await browser.go('GET', to ?? '')
    expect((await browser.go('GET', '/t/acme')).status).not.toBe(200)
  })
})
