// The examination of every adapter of CredentialKeys: what a key is called, that it signs ES256, that it is one tenant's alone.

import type { CredentialKeys } from '../../../../../schemas/ports.ts'
import { thumbprintOf } from '../../../../credentials/keys.ts'

type Expect = (what: string, holds: boolean) => void

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DATA = new TextEncoder().encode('header.payload')

const isSigned = async (
  { publicJwk }: Awaited<ReturnType<CredentialKeys['make']>>,
  signature: Uint8Array | null,
): Promise<boolean> => {
  if (signature?.length !== 64) return false
  const key = await crypto.subtle.importKey('jwk', publicJwk, ES256, false, ['verify'])
  return crypto.subtle.verify(ES256, key, new Uint8Array(signature), DATA)
}

/** `own` and `again`: two adapters of one tenant, as before and after a restart; `other`: of another tenant. */
export const examineCredentialKeys = async (
  { own, again, other }: { own: CredentialKeys; again: CredentialKeys; other: CredentialKeys },
  expect: Expect,
): Promise<void> => {
  const one = await own.make('sign-1')
  const two = await own.make('sign-2')
  expect('a key is called by its RFC 7638 thumbprint', one.kid === thumbprintOf(one.publicJwk))
  expect(
    'it has the public members only',
    Object.keys(one.publicJwk).sort().join() === 'crv,kty,x,y',
  )
  expect('another name is another key', one.kid !== two.kid)
  const isKept = own.abilities.keptBy === 'sealed'
  expect('what is sealed is given, what is kept is not', (one.sealed !== null) === isKept)
  if (!isKept) {
    const repeated = await Promise.all([again.make('sign-1'), own.make('sign-1')])
    expect(
      'the same name is the same key',
      repeated.every(({ kid }) => kid === one.kid),
    )
    const theirs = await other.make('sign-1')
    expect('and of another tenant another one', theirs.kid !== one.kid)
  }
  expect('the private key shows nowhere', !JSON.stringify([one, two]).includes('"d"'))
  for (const keys of [own, again])
    expect('it signs ES256 as r || s', await isSigned(one, await keys.sign(one, DATA)))
  expect('each key signs for itself', !(await isSigned(one, await own.sign(two, DATA))))
  const stolen = await other.sign(one, DATA).catch(() => null)
  expect('nobody else signs by it', stolen === null)
  const unknown = { kid: 'A'.repeat(43), sealed: null }
  expect('a key that is not there signs nothing', (await own.sign(unknown, DATA)) === null)
}
