// Requests that come late, of which the edge has long had its answer: a part of the examination of every SecretStore and KeyStore.
import type { Azure } from '../../schemas/azure.ts'
import { type Examined, type Expect, faultIs, unwrap } from './examination.ts'

type Two = Record<'own' | 'again', Examined>
const valid = { expiresAt: null, notBefore: null }

/** Each is asked once more after the next one was done: as a request that was on its way for long. `order` as the edge counts. */
export const examineLateSecrets = async (
  { own, again }: Two,
  name: string,
  expect: Expect,
): Promise<void> => {
  const set = (order: number) => ({ name, value: `v${order}`, contentType: null, ...valid, order })
  const only = (order: number) => ({ name, order })
  const change = (order: number, enabled: boolean) => ({
    ...{ name, version: null, enabled, expiresAt: null, order },
  })
  const enabled = async () =>
    unwrap(await own.secrets('secretVersions', 'read', { name })).versions.map((one) => one.enabled)
  const late = (what: string, answer: Azure<unknown>) =>
    expect(`${what}, late: changes nothing`, faultIs(answer, 'conflict', 'superseded'))

  const one = unwrap(await own.secrets('setSecret', 'late-1', set(10)))
  expect('a version says of which request it is', one.order === 10)
  unwrap(await own.secrets('updateSecret', 'late-2', change(20, false)))
  unwrap(await own.secrets('updateSecret', 'late-3', change(30, true)))
  late('disabling', await again.secrets('updateSecret', 'late-2', change(20, false)))
  expect('what was enabled since stays so', (await enabled()).join() === 'true')
  unwrap(await own.secrets('deleteSecret', 'late-4', only(40)))
  unwrap(await own.secrets('recoverSecret', 'late-5', only(50)))
  late('deletion', await again.secrets('deleteSecret', 'late-4', only(40)))
  expect('what was recovered since is there', (await enabled()).length === 1)
  unwrap(await own.secrets('deleteSecret', 'late-6', only(60)))
  late('recovery', await again.secrets('recoverSecret', 'late-5', only(50)))
  expect(
    'what was deleted again is deleted',
    faultIs(await own.secrets('secretVersions', 'read', { name }), 'absent'),
  )
  unwrap(await own.secrets('recoverSecret', 'late-7', only(70)))
  const two = unwrap(await own.secrets('setSecret', 'late-8', set(80)))
  const first = unwrap(await again.secrets('setSecret', 'late-1', set(10)))
  expect('a value, late: is the version of then', first.version === one.version)
  const never = await again.secrets('setSecret', 'late-75', set(75))
  late('a value that did not come before', never)
  const versions = unwrap(await own.secrets('secretVersions', 'read', { name })).versions
  expect('the newest is first', versions[0]?.version === two.version && versions.length === 2)
  unwrap(await own.secrets('deleteSecret', 'late-9', only(90)))
  unwrap(await own.secrets('purgeSecret', 'late-10', only(100)))
  late('a value of what was purged', await again.secrets('setSecret', 'late-8', set(80)))
  unwrap(await own.secrets('setSecret', 'late-11', set(110)))
  unwrap(await own.secrets('deleteSecret', 'late-12', only(120)))
  late('purge', await again.secrets('purgeSecret', 'late-10', only(100)))
  expect(
    'what was made since can be had back',
    unwrap(await own.secrets('recoverSecret', 'late-13', only(130))).versions.length === 1,
  )
  unwrap(await own.secrets('deleteSecret', 'late-14', only(140)))
}

export const examineLateKeys = async (
  { own, again }: Two,
  name: string,
  expect: Expect,
): Promise<void> => {
  const only = (order: number) => ({ name, order })
  const change = (order: number, enabled: boolean) => ({
    ...{ name, version: null, enabled, expiresAt: null, order },
  })
  const put = (order: number, rotateDays: number) => ({
    ...{ name, policy: { rotateDays, expireDays: null }, order },
  })
  const late = (what: string, answer: Azure<unknown>) =>
    expect(`${what} of a key, late: changes nothing`, faultIs(answer, 'conflict', 'superseded'))
  const create = (order: number) => ({ name, kind: 'EC-P256', ...valid, order }) as const

  unwrap(await own.keys('createKey', 'late-1', create(10)))
  unwrap(await own.keys('putKeyPolicy', 'late-2', put(20, 30)))
  unwrap(await own.keys('putKeyPolicy', 'late-3', put(30, 40)))
  late('a policy', await again.keys('putKeyPolicy', 'late-2', put(20, 30)))
  unwrap(await own.keys('updateKey', 'late-4', change(40, false)))
  unwrap(await own.keys('updateKey', 'late-5', change(50, true)))
  late('disabling', await again.keys('updateKey', 'late-4', change(40, false)))
  const next = unwrap(await own.keys('rotateKey', 'late-6', only(60)))
  late('a rotation that did not come before', await again.keys('rotateKey', 'late-55', only(55)))
  const same = unwrap(await again.keys('rotateKey', 'late-6', only(60)))
  expect('one that did is the version of then', same.version === next.version)
  unwrap(await own.keys('deleteKey', 'late-7', only(70)))
  unwrap(await own.keys('recoverKey', 'late-8', only(80)))
  late('deletion', await again.keys('deleteKey', 'late-7', only(70)))
  unwrap(await own.keys('deleteKey', 'late-9', only(90)))
  late('recovery', await again.keys('recoverKey', 'late-8', only(80)))
  unwrap(await own.keys('purgeKey', 'late-10', only(100)))
  late('the making of what was purged', await again.keys('createKey', 'late-1', create(10)))
  unwrap(await own.keys('createKey', 'late-11', create(110)))
  unwrap(await own.keys('deleteKey', 'late-12', only(120)))
  late('purge', await again.keys('purgeKey', 'late-10', only(100)))
  const back = unwrap(await own.keys('recoverKey', 'late-13', only(130))).versions
  expect('what was made since can be had back', back.length === 1 && back[0]?.enabled === true)
  unwrap(await own.keys('deleteKey', 'late-14', only(140)))
}
