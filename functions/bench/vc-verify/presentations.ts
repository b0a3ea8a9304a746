// What is verified: presentations of two claims out of four, each by a holder of its own, with one status list for all of them;
// and the signatures in them alone, for whoever checks nothing else.
import { compactVerify, importJWK } from 'jose'
import { importEs256, verifyEs256 } from '../../../edge-workers/credentials/es256.ts'
import type { EcPublicJwk } from '../../../edge-workers/credentials/keys.ts'
import {
  newIssuer,
  newSigner,
  present,
} from '../../../edge-workers/credentials/presenter.fixture.ts'
import { openStatusList, statusIn } from '../../../edge-workers/credentials/read-status-list.ts'
import { emptyList, packList, writeStatus } from '../../../edge-workers/credentials/status-list.ts'
import {
  type PresentationChecks,
  verifyPresentation,
} from '../../../edge-workers/credentials/verify-presentation.ts'

const URL_OF = 'https://issuer.example.com'
const LIST = `${URL_OF}/status-lists/1`
const VCT = `${URL_OF}/types/badge`
const AUDIENCE = `x509_hash:${'A'.repeat(43)}`
const REVOKED_EVERY = 100

export interface Signed {
  jwt: string
  jwk: EcPublicJwk
}
export interface Presentation {
  checks: PresentationChecks
  credential: Signed
  binding: Signed
}

/** `count` of them. The list has 2^17 positions, and is fetched and unpacked once, before anything is measured. */
export const makePresentations = async (
  count: number,
  now = Date.now(),
): Promise<Presentation[]> => {
  const issuer = await newIssuer(URL_OF, now)
  const list = emptyList()
  for (let at = 0; at < list.length; at += REVOKED_EVERY) writeStatus(list, at, 'invalid')
  const seconds = Math.floor(now / 1000)
  const token = await issuer.statusList({
    ...{ sub: LIST, iat: seconds, exp: seconds + 86_400, ttl: 43_200 },
    status_list: { bits: 2, lst: await packList(list) },
  })
  const keyOf = () => importEs256(issuer.key.publicJwk)
  const known = await openStatusList(token, { uri: LIST, now, keyOf })
  if (!known) throw new Error('the status list is not believed')
  const shared = {
    ...{ query: { id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } } as const },
    ...{ audience: [AUDIENCE], now, ownIssuer: { url: 'https://own.example.com', keys: [] } },
    trust: {
      ...{ roots: [{ id: 'root', types: [], der: issuer.root }], addresses: [] },
      readKeys: async () => null,
    },
    readStatus: async ({ idx }: { idx: number }) => statusIn(known, idx),
  }
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Presentation> => {
      const holder = await newSigner()
      const issued = await issuer.issue({
        claims: {
          given_name: 'Ada',
          family_name: 'Lovelace',
          email: `${index}@example.com`,
          level: 3,
        },
        holder: holder.publicJwk,
        fixed: {
          ...{ vct: VCT, iat: seconds - 60, exp: seconds + 86_400 },
          status: { status_list: { idx: index * REVOKED_EVERY + 1, uri: LIST } },
        },
      })
      const nonce = `nonce-${index}-${'n'.repeat(32)}`
      const binding = { disclose: ['given_name', 'level'], holder, audience: AUDIENCE, nonce, now }
      const text = await present(issued, binding)
      const query = {
        ...{ ...shared.query, meta: { vct_values: [VCT] } },
        claims: [{ path: ['given_name'] }, { path: ['level'] }],
      }
      return {
        checks: { ...shared, query, text, nonce },
        credential: { jwt: text.slice(0, text.indexOf('~')), jwk: issuer.key.publicJwk },
        binding: { jwt: text.slice(text.lastIndexOf('~') + 1), jwk: holder.publicJwk },
      }
    }),
  )
}

/** Throws where one is not taken. */
export const verifyAll = async (all: readonly Presentation[]): Promise<void> => {
  for (const { checks } of all) {
    const verified = await verifyPresentation(checks)
    if (!verified.ok) throw new Error(`a right presentation is refused: ${verified.fault}`)
  }
}

/** The same two as a library checks them, with the holder’s key as it comes. */
export const checkAllByLibrary = async (
  all: readonly Presentation[],
): Promise<() => Promise<void>> => {
  const [first] = all
  if (!first) throw new Error('nothing to check')
  const issuer = await importJWK({ ...first.credential.jwk }, 'ES256')
  return async () => {
    for (const { credential, binding } of all) {
      await compactVerify(credential.jwt, issuer)
      await compactVerify(binding.jwt, await importJWK({ ...binding.jwk }, 'ES256'))
    }
  }
}

const importAll = async (keys: readonly EcPublicJwk[]): Promise<CryptoKey[]> => {
  const imported = await Promise.all(keys.map(importEs256))
  return imported.filter((key) => key !== null)
}

/** Both signatures of each, and nothing besides. `imports`: the holder’s key, which comes with the credential, as well. */
export const checkAll = async (
  all: readonly Presentation[],
  { imports }: { imports: boolean },
): Promise<() => Promise<void>> => {
  const [issuer] = await importAll(all.slice(0, 1).map(({ credential }) => credential.jwk))
  const holders = await importAll(all.map(({ binding }) => binding.jwk))
  if (!issuer) throw new Error('no key')
  return async () => {
    for (const [index, { credential, binding }] of all.entries()) {
      const holder = imports ? await importEs256(binding.jwk) : holders[index]
      const right =
        holder &&
        (await verifyEs256(credential.jwt, issuer)) &&
        (await verifyEs256(binding.jwt, holder))
      if (!right) throw new Error('a right signature does not verify')
    }
  }
}
