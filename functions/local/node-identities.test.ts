// Throw-away node identities: right for a known key, the same every time, different for different names.
import { expect, it } from 'vitest'
import { NodeIdentityList } from '../../schemas/wire.ts'
import { identityOfKey, simulateIdentity } from './node-identities.ts'

it('gives the known address and public key of private key 1', () => {
  const one = new Uint8Array(32)
  one[31] = 1
  expect(identityOfKey(one)).toEqual({
    address: '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf',
    // The generator point of secp256k1 (SEC 2, §2.4.1).
    publicKey:
      '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798' +
      '483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
  })
})

it('is the same on every machine and for every run', () => {
  expect(simulateIdentity('ten_eu_aaaaaaaaaaaaaaaa', 'smom-dbis-138', 'validator-1').address).toBe(
    '0xe1ec7978f50ba345e2a1488d15261d3134783f34',
  )
})

it('differs by tenant, network and node, however the names are cut', () => {
  const addresses = [
    simulateIdentity('a', 'b', 'c'),
    simulateIdentity('a', 'b', 'd'),
    simulateIdentity('a', 'd', 'c'),
    simulateIdentity('d', 'b', 'c'),
    simulateIdentity('ab', '', 'c'),
  ].map(({ address }) => address)
  expect(new Set(addresses).size).toBe(5)
})

it('is marked simulated and shows nothing but the public half', () => {
  const identity = simulateIdentity('a', 'b', 'c')
  expect(Object.keys(identity).sort()).toEqual(['address', 'node', 'publicKey', 'simulated'])
  expect(identity.simulated).toBe(true)
  expect(NodeIdentityList.safeParse({ identities: [identity] }).success).toBe(true)
})
