// The examination that every SecretStore and KeyStore sits: Key Vault through its SDK, the one in memory, whatever comes.
// Nothing in it knows which it speaks to.
import type { Azure } from '../../schemas/azure.ts'
import type { KeyStore, SecretStore } from '../../schemas/ports.ts'
import type { PublicJwk, SignatureAlgorithm, WholeKey } from '../../schemas/vault.ts'
import { examineLateKeys, examineLateSecrets } from './examination-late.ts'

export type Expect = (what: string, holds: boolean) => void

export interface Examined {
  secrets: SecretStore
  keys: KeyStore
}

const SOON = '2031-05-06T07:08:09.000Z'
const wish = { contentType: 'text/plain', expiresAt: SOON, notBefore: null }
const plain = { contentType: null, expiresAt: null, notBefore: null }
const VALUE = 'Sesame-Unsaid/+=é'
const UNKNOWN = 'f'.repeat(32)

export const unwrap = <T>(answer: Azure<T>): T => {
  if (answer.ok) return answer.value
  const { fault, target } = answer.fault
  throw new Error(`answered ${fault} ${target ?? ''}`)
}
export const faultIs = (
  answer: Azure<unknown>,
  fault: string,
  target: string | null = null,
): boolean =>
  !answer.ok && answer.fault.fault === fault && (target === null || answer.fault.target === target)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Names that were not there before: a vault that is examined twice has those of the first time. */
export const freshNames = (): ((name: string) => string) => {
  const mark = crypto.randomUUID().slice(0, 8)
  return (name) => `${name}-${mark}`
}

/** `own` and `again`: two adapters of one tenant, as before and after a restart; `other`: of another tenant in the same vault. */
export const examineSecrets = async (
  { own, again, other }: { own: Examined; again: Examined; other: Examined },
  expect: Expect,
): Promise<void> => {
  const fresh = freshNames()
  const [name, second, unknown] = [fresh('db-password'), fresh('made'), fresh('never')]
  const set = { name, value: VALUE, ...wish }
  const versions = async (of: Examined, which = name) =>
    unwrap(await of.secrets('secretVersions', 'read', { name: which })).versions

  const first = unwrap(await own.secrets('setSecret', 'op-1', set))
  expect('a version has the vault’s own name', /^[0-9a-f]{32}$/.test(first.version))
  expect('it keeps type and expiry', first.contentType === 'text/plain' && first.expiresAt === SOON)
  expect('it is enabled', first.enabled)
  expect('no value comes back', !JSON.stringify(first).includes('Sesame'))

  const replayed = unwrap(await own.secrets('setSecret', 'op-1', set))
  expect('the same operation makes no second version', replayed.version === first.version)
  const restarted = unwrap(await again.secrets('setSecret', 'op-1', set))
  expect('nor after a restart', restarted.version === first.version)
  expect('and there is one', (await versions(own)).length === 1)
  const both = await Promise.all(
    [1, 2].map(async () => unwrap(await own.secrets('setSecret', 'op-2', { ...set, value: 'b' }))),
  )
  expect('two at once are one version', both[0]?.version === both[1]?.version)
  expect('another operation makes another', both[0]?.version !== first.version)
  expect('versions are all there', (await versions(own)).length === 2)

  const generator = { alphabet: 'hex', length: 32 } as const
  const made = unwrap(
    await own.secrets('generateSecret', 'op-3', { name: second, generator, ...plain }),
  )
  expect('a value is made', made.enabled && made.contentType === null && made.expiresAt === null)
  const remade = unwrap(
    await own.secrets('generateSecret', 'op-3', { name: second, generator, ...plain }),
  )
  expect('and once for one operation', remade.version === made.version)

  const names = unwrap(await own.secrets('listSecrets', 'read', {})).names
  expect(
    'the list has both names',
    [name, second].every((one) => names.some((each) => each.name === one)),
  )
  const theirs = unwrap(await other.secrets('listSecrets', 'read', {})).names
  expect('and another tenant’s has neither', !theirs.some((one) => one.name === name))
  expect(
    'nor their versions',
    faultIs(await other.secrets('secretVersions', 'read', { name }), 'absent'),
  )
  const stolen = await other.secrets('deleteSecret', 'op-4', { name })
  expect('nor can it delete them', faultIs(stolen, 'absent') && (await versions(own)).length === 2)
  const twin = unwrap(await other.secrets('setSecret', 'op-1', { ...set, value: 'theirs' }))
  expect(
    'the same name and operation of another tenant is another secret',
    twin.version !== first.version && (await versions(other)).length === 1,
  )

  const off = { name, version: first.version, enabled: false, expiresAt: null }
  const changed = unwrap(await own.secrets('updateSecret', 'op-5', off)).versions
  expect('a version is disabled', changed.length === 1 && changed[0]?.enabled === false)
  const rest = (await versions(own)).find(({ version }) => version !== first.version)
  expect('the others are not', rest?.enabled === true)
  const all = { name, version: null, enabled: false, expiresAt: null }
  const every = unwrap(await own.secrets('updateSecret', 'op-6', all)).versions
  expect('or all of them', every.length === 2 && every.every(({ enabled }) => !enabled))
  const later = { name, version: null, enabled: true, expiresAt: '2032-01-01T00:00:00.000Z' }
  const back = unwrap(await own.secrets('updateSecret', 'op-7', later)).versions
  expect(
    'and enabled with another expiry',
    back.every((one) => one.enabled && one.expiresAt === '2032-01-01T00:00:00.000Z'),
  )
  expect(
    'an update keeps the operation',
    unwrap(await again.secrets('setSecret', 'op-1', set)).version === first.version,
  )
  expect(
    'a version that is not there is absent',
    faultIs(await own.secrets('updateSecret', 'op-8', { ...off, version: UNKNOWN }), 'absent'),
  )
  for (const verb of ['secretVersions', 'deleteSecret', 'recoverSecret'] as const)
    expect(
      `${verb}: what never was is absent`,
      faultIs(await own.secrets(verb, `op-${verb}`, { name: unknown }), 'absent'),
    )

  const deleted = unwrap(await own.secrets('deleteSecret', 'op-9', { name }))
  expect('deleted with the day of its purge', deleted.purgeAt !== null && deleted.purgeable)
  const twice = unwrap(await again.secrets('deleteSecret', 'op-9', { name }))
  expect('deleted again is the same', same(twice, deleted))
  const gone = unwrap(await own.secrets('deletedSecrets', 'read', {})).names
  expect(
    'it is among the deleted',
    gone.some((one) => one.name === name),
  )
  const living = unwrap(await own.secrets('listSecrets', 'read', {})).names
  expect('and not among the others', !living.some((one) => one.name === name))
  const reuse = await own.secrets('setSecret', 'op-10', set)
  expect('its name cannot be used', faultIs(reuse, 'conflict', 'deleted'))
  const recovered = unwrap(await own.secrets('recoverSecret', 'op-11', { name })).versions
  expect('recovered with its versions', recovered.length === 2)
  const recoveredTwice = unwrap(await again.secrets('recoverSecret', 'op-11', { name })).versions
  expect('recovered again is the same', same(recoveredTwice, recovered))
  const early = await own.secrets('purgeSecret', 'op-12', { name })
  expect('what is not deleted is not purged', faultIs(early, 'conflict', 'not-deleted'))
  unwrap(await own.secrets('deleteSecret', 'op-13', { name }))
  const purged = unwrap(await own.secrets('purgeSecret', 'op-14', { name }))
  expect('purged', !purged.already)
  const purgedTwice = unwrap(await own.secrets('purgeSecret', 'op-14', { name }))
  expect('purged again is said', purgedTwice.already)
  const anew = unwrap(await own.secrets('setSecret', 'op-15', set))
  expect('then the name is free', anew.version !== first.version)
  expect('another tenant’s twin is untouched', (await versions(other)).length === 1)
  await examineLateSecrets({ own, again }, fresh('late'), expect)
  for (const [of, which] of [
    [own, name],
    [own, second],
    [other, name],
  ] as const)
    await of.secrets('deleteSecret', 'op-end', { name: which })
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const ES384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const PS256 = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 }
const ALGORITHMS: Record<SignatureAlgorithm, typeof ES256 | typeof RS256> = {
  ...{ ES256, ES384, RS256, PS256 },
}
const DATA = new TextEncoder().encode('header.payload')
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const verifies = async (
  algorithm: SignatureAlgorithm,
  jwk: PublicJwk,
  signature: string,
): Promise<boolean> => {
  const how = ALGORITHMS[algorithm]
  const key = await crypto.subtle.importKey('jwk', jwk, how, false, ['verify'])
  return crypto.subtle.verify(how, key, Buffer.from(signature, 'base64url'), DATA)
}

/** As examineSecrets. `all`: every kind and algorithm, where time does not matter. */
export const examineKeys = async (
  { own, again, other }: { own: Examined; again: Examined; other: Examined },
  expect: Expect,
  { all = false } = {},
): Promise<void> => {
  const fresh = freshNames()
  const [name, unknown] = [fresh('signing'), fresh('never')]
  const create = { name, kind: 'EC-P256', expiresAt: SOON, notBefore: null } as const
  const first: WholeKey = unwrap(await own.keys('createKey', 'op-1', create))
  const members = Object.keys(first.publicJwk).sort().join()
  expect('a key shows its public half only', members === 'crv,kty,x,y')
  expect('it is of the kind that was asked for', first.kind === 'EC-P256' && first.enabled)
  expect('and keeps its expiry', first.expiresAt === SOON)
  const replayed = unwrap(await again.keys('createKey', 'op-1', create))
  expect('the same operation makes no second key', same(replayed.publicJwk, first.publicJwk))
  const twin = unwrap(await other.keys('createKey', 'op-1', create))
  expect('another tenant’s is another', !same(twin.publicJwk, first.publicJwk))
  const names = unwrap(await own.keys('listKeys', 'read', {})).names
  expect('it is in the list once', names.filter((one) => one.name === name).length === 1)

  const signAs = (of: Examined, version: string | null, what: object) =>
    of.keys('sign', 'sign', { name, version, algorithm: 'ES256', what } as never)
  const data = { data: base64url(DATA) }
  const signed = unwrap(await signAs(own, null, data))
  expect('it signs', await verifies('ES256', first.publicJwk, signed.signature))
  expect('by the version that it says', signed.version === first.version)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', DATA))
  const ofDigest = unwrap(await signAs(again, first.version, { digest: base64url(hash) }))
  expect('a digest too', await verifies('ES256', first.publicJwk, ofDigest.signature))
  const foreign = unwrap(await signAs(other, null, data))
  expect('nobody else by it', !(await verifies('ES256', first.publicJwk, foreign.signature)))
  const wrong = { name, version: null, algorithm: 'RS256', what: data } as const
  expect(
    'not by another algorithm',
    faultIs(await own.keys('sign', 's', wrong), 'conflict', 'kind'),
  )

  const none = unwrap(await own.keys('keyPolicy', 'read', { name }))
  expect('at first it rotates by nobody’s rule', none.rotateDays === null)
  const policy = { rotateDays: 60, expireDays: 90 }
  const put = unwrap(await own.keys('putKeyPolicy', 'op-2', { name, policy }))
  expect('a policy is taken', same(put, policy))
  expect('and kept', same(unwrap(await again.keys('keyPolicy', 'read', { name })), policy))
  const next = unwrap(await own.keys('rotateKey', 'op-3', { name }))
  expect('rotated is another key', !same(next.publicJwk, first.publicJwk))
  expect('of the same kind', next.kind === first.kind)
  const days = (Date.parse(next.expiresAt ?? '') - Date.parse(next.createdAt)) / 86_400_000
  expect('as long valid as the policy says', Math.abs(days - 90) < 0.01)
  const rotatedTwice = await Promise.all([
    again.keys('rotateKey', 'op-3', { name }),
    own.keys('rotateKey', 'op-3', { name }),
  ])
  expect(
    'rotated once for one operation',
    rotatedTwice.every((one) => unwrap(one).version === next.version),
  )
  const versions = unwrap(await own.keys('keyVersions', 'read', { name })).versions
  expect('both versions are there', versions.length === 2)
  const old = unwrap(await signAs(own, first.version, data))
  expect('the old one still signs', await verifies('ES256', first.publicJwk, old.signature))
  const now = unwrap(await signAs(own, null, data))
  expect('the new one signs from now on', now.version === next.version)
  const read = unwrap(await own.keys('readKey', 'read', { name, version: first.version }))
  expect('each can be read again', same(read.publicJwk, first.publicJwk))

  const off = { name, version: first.version, enabled: false, expiresAt: null }
  expect('disabled', unwrap(await own.keys('updateKey', 'op-4', off)).versions.length === 1)
  expect(
    'a disabled version signs nothing',
    faultIs(await signAs(own, first.version, data), 'conflict', 'disabled'),
  )
  expect('the other one does', (await signAs(own, next.version, data)).ok)

  for (const verb of ['keyVersions', 'deleteKey', 'recoverKey', 'rotateKey', 'keyPolicy'] as const)
    expect(
      `${verb}: what never was is absent`,
      faultIs(await own.keys(verb, `op-${verb}`, { name: unknown }), 'absent'),
    )
  const deleted = unwrap(await own.keys('deleteKey', 'op-5', { name }))
  expect('deleted', deleted.purgeAt !== null && deleted.purgeable)
  expect('what is deleted signs nothing', faultIs(await signAs(own, null, data), 'absent'))
  const reuse = await own.keys('createKey', 'op-6', create)
  expect('its name cannot be used', faultIs(reuse, 'conflict', 'deleted'))
  const gone = unwrap(await own.keys('deletedKeys', 'read', {})).names
  expect(
    'it is among the deleted',
    gone.some((one) => one.name === name),
  )
  const recovered = unwrap(await own.keys('recoverKey', 'op-7', { name })).versions
  expect('recovered with its versions', recovered.length === 2)
  expect('and signs again', (await signAs(own, next.version, data)).ok)
  const early = await own.keys('purgeKey', 'op-8', { name })
  expect('what is not deleted is not purged', faultIs(early, 'conflict', 'not-deleted'))
  await own.keys('deleteKey', 'op-9', { name })
  expect('purged', !unwrap(await own.keys('purgeKey', 'op-10', { name })).already)
  expect('purged again is said', unwrap(await own.keys('purgeKey', 'op-10', { name })).already)
  expect('another tenant’s is untouched', (await signAs(other, null, data)).ok)
  await other.keys('deleteKey', 'op-end', { name })
  await examineLateKeys({ own, again }, fresh('late'), expect)
  if (all) await examineKinds(own, expect)
}

const examineKinds = async ({ keys }: Examined, expect: Expect): Promise<void> => {
  const fresh = freshNames()
  for (const [kind, algorithms] of [
    ['EC-P384', ['ES384']],
    ['RSA-2048', ['RS256', 'PS256']],
    ['RSA-3072', ['RS256']],
    ['RSA-4096', ['PS256']],
  ] as const) {
    const name = fresh(kind.toLowerCase())
    const made = unwrap(await keys('createKey', 'op-1', { name, kind, ...unlimited }))
    expect(`${kind}: is what it says`, made.kind === kind)
    for (const algorithm of algorithms) {
      const what = { data: base64url(DATA) }
      const signed = unwrap(await keys('sign', 'op-2', { name, version: null, algorithm, what }))
      expect(
        `${kind}: signs ${algorithm}`,
        await verifies(algorithm, made.publicJwk, signed.signature),
      )
    }
    await keys('deleteKey', 'op-3', { name })
  }
}
const unlimited = { expiresAt: null, notBefore: null }
