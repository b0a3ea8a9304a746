// Who is taken off the trust list while an answer is under way, and strangers who spoil what is kept of an issuer.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toBase64 } from '../../../../base64.ts'
import { makeLeaf, makeRoot, pemOf } from '../../../../credentials/certificates.ts'
import { newSigner } from '../../../../credentials/presenter.fixture.ts'
import { digestFor } from './request-secrets.ts'
import {
  createVerifierWorld,
  ISSUER,
  LIST,
  START,
  type VerifierWorld,
} from './verifier-world.fixture.ts'

let world: VerifierWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const distrust = ({ id }: { id: string }) =>
  world.api('DELETE', `/trusted-issuers/${id}`, undefined, { headers: { 'if-match': '*' } })
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000)
const MINE = 'a'.repeat(64)
const KEYS = 'https://issuer.example.com/.well-known/jwt-vc-issuer'
const keysOf = (...keys: { kid: string; publicJwk: object }[]) =>
  Response.json({
    issuer: ISSUER,
    jwks: { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid })) },
  })
/** Without a status, by a key that the issuer publishes, or by anybody's. */
const byAddress = (signer = world.issuer.key) =>
  world.issuer.issue({
    ...{ claims: { given_name: 'Ada', level: 3 }, holder: world.holder.publicJwk, signer },
    header: { kid: signer.kid },
    fixed: { vct: `${ISSUER}/types/badge`, exp: START / 1_000 + 86_400 },
  })

describe('an issuer that is distrusted', () => {
  it('between the wallet’s answer and the browser that comes back', async () => {
    await world.publish(0)
    const anchor = await world.trust()
    const scope = { env: world.world.env, tenant: () => ({ id: world.tenantId }) }
    const asked = await world.ask({ mode: 'same-device', expiresInSeconds: 3_600 })
    await world.world.env.TENANT.getByName(world.tenantId).wallet('presentations.begin', {
      id: asked.id,
      pageDigest: digestFor(scope, 'page', asked.page.split('/').at(-1) ?? ''),
      browserDigest: digestFor(scope, 'browser', MINE),
    })
    const { object } = await world.fetchObject(asked)
    const text = await world.presentTo(object, await world.badge())
    const { body } = await world.answer(object, { badge: [text] })
    pass(1_800)
    expect((await distrust(anchor)).status).toBe(204)
    await world.world.send('GET', world.local(body.redirect_uri ?? ''), {
      headers: { cookie: `phoenix_presentation=${MINE}` },
    })
    expect(await world.read(asked.id)).toMatchObject({ state: 'rejected', presented: null })
  })

  it('while his keys are fetched', async () => {
    const anchor = await world.trust({ kind: 'jwt-vc-issuer', value: ISSUER })
    world.network.set(KEYS, async () => {
      expect((await distrust(anchor)).status).toBe(204)
      return keysOf(world.issuer.key)
    })
    const { asked } = await world.go(await byAddress())
    expect(await world.read(asked.id)).toMatchObject({ state: 'rejected', presented: null })
  })
})

it('a new key of an issuer is found, whatever keys strangers named before', async () => {
  await world.trust({ kind: 'jwt-vc-issuer', value: ISSUER })
  const next = await newSigner()
  world.network.set(KEYS, () => keysOf(world.issuer.key))
  expect((await world.go(await byAddress())).answered.status).toBe(200)
  pass(31)
  expect((await world.go(await byAddress(await newSigner()))).answered.status).toBe(400)
  world.network.set(KEYS, () => keysOf(world.issuer.key, next))
  pass(31)
  const { asked, answered, object } = await world.go(await byAddress(next))
  if (answered.status !== 200) {
    pass(120)
    const again = await world.presentTo(object, await byAddress(next))
    expect((await world.answer(object, { badge: [again] })).status).toBe(200)
  }
  expect((await world.read(asked.id)).state).toBe('verified')
})

it('of two issuers under one root none has a credential of the other refused', async () => {
  const [root, one, two] = [await newSigner(), await newSigner(), await newSigner()]
  const times = { from: new Date(START - 86_400_000), until: new Date(START + 86_400_000 * 300) }
  const rootDer = await makeRoot({
    ...{ publicJwk: root.publicJwk, name: 'Both', sign: root.bytes, ...times },
  })
  const leaf = async (publicJwk: typeof one.publicJwk, url: string) => [
    toBase64(
      await makeLeaf({ publicJwk, name: 'L', sign: root.bytes, root: rootDer, url, ...times }),
    ),
  ]
  const other = 'https://other.example.com'
  await world.trust({ value: pemOf(rootDer) })
  const badgeOf = async (key: typeof one, url: string) =>
    world.issuer.issue({
      ...{ claims: { given_name: 'Ada', level: 3 }, holder: world.holder.publicJwk, signer: key },
      header: { kid: key.kid, x5c: await leaf(key.publicJwk, url) },
      fixed: {
        ...{ iss: url, vct: `${ISSUER}/types/badge`, exp: START / 1_000 + 86_400 },
        status: { status_list: { idx: 7, uri: LIST } },
      },
    })
  await world.publish(
    0,
    {},
    {
      ...{ signer: one, header: { kid: one.kid, x5c: await leaf(one.publicJwk, ISSUER) } },
    },
  )
  // The other names a list that is not his own.
  expect((await world.go(await badgeOf(two, other))).answered.status).toBe(400)
  expect((await world.go(await badgeOf(one, ISSUER))).answered.status).toBe(200)
})
