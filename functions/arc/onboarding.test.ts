// Which identity's token a place gets, and which settings are none.
import { describe, expect, it } from 'vitest'
import { onboardingOf } from './onboarding.ts'

const SUBSCRIPTION = '00000000-0000-4000-8000-00000000000a'
const [ONE, TWO] = ['1', '2'].map((n) => `00000000-0000-4000-8000-0000000000c${n}`) as [
  ...[string, string],
]
const at = (resourceGroup: string) => ({ subscriptionId: SUBSCRIPTION, resourceGroup })
const key = (resourceGroup: string) => `${SUBSCRIPTION}/${resourceGroup}`
const tokensOf = (clientId: string) => ({ getToken: async () => ({ token: clientId }) })
const tokenAt = async (setting: object, resourceGroup: string) =>
  (
    await onboardingOf(
      { ARC_ONBOARDING: JSON.stringify(setting) },
      tokensOf,
    )(at(resourceGroup))?.getToken('scope')
  )?.token

describe('a token for onboarding', () => {
  it('is of the identity of the place, and of nobody where none is named', async () => {
    const setting = { [key('acme')]: ONE, [key('GLOBEX')]: TWO }
    expect(await tokenAt(setting, 'ACME')).toBe(ONE)
    expect(await tokenAt(setting, 'globex')).toBe(TWO)
    for (const other of ['initech', 'acme2', '__proto__', 'constructor'])
      expect(await tokenAt(setting, other), other).toBeUndefined()
    for (const ARC_ONBOARDING of [undefined, ''])
      expect(
        onboardingOf({ ...(ARC_ONBOARDING === '' && { ARC_ONBOARDING }) }, tokensOf)(at('acme')),
      ).toBeNull()
  })

  it('comes from one source for each place, which keeps it', () => {
    const tokens = onboardingOf(
      { ARC_ONBOARDING: JSON.stringify({ [key('acme')]: ONE }) },
      tokensOf,
    )
    expect(tokens(at('acme'))).toBe(tokens(at('Acme')))
  })

  it.each([
    ['no JSON', '{'],
    ['one identity for everybody', JSON.stringify(ONE)],
    ['one identity for two places', { [key('acme')]: ONE, [key('globex')]: ONE.toUpperCase() }],
    ['one place twice', { [key('acme')]: ONE, [key('ACME')]: TWO }],
    ['the identity of the Functions', { [key('acme')]: TWO, [key('globex')]: ONE }],
    ['what is no client id', { [key('acme')]: 'phoenix' }],
    ['a place with more in it', { [`${key('acme')}/more`]: ONE }],
    ['a pattern', { [key('arc-{tenant}')]: ONE }],
    ['a tenant', { ten_eu_aaaaaaaaaaaaaaaa: ONE }],
  ])('is not made of %s', (what, setting) => {
    const settings = {
      ARC_ONBOARDING: typeof setting === 'string' ? setting : JSON.stringify(setting),
      ...(what === 'the identity of the Functions' ? { AZURE_CLIENT_ID: TWO } : {}),
    }
    expect(() => onboardingOf(settings, tokensOf)).toThrow(/^ARC_ONBOARDING is not the JSON/)
  })
})
