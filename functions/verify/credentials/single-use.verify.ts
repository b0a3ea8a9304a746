// The same as edge-workers/routes/wallet/single-use.test.ts over HTTP and workerd, whose gates and turns are the real ones: fifty
// redemptions of one code, of one nonce and by fifty keys, and one credential each time.
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  createHolder,
  type HolderKey,
  holderKey,
} from '../../../edge-workers/routes/wallet/holder.fixture.ts'
import { caller, type RunningLaptop, type Send, startTestLaptop } from '../../local/story-client.ts'

const MANY = 50
let laptop: RunningLaptop
let owner: Send
let holder: ReturnType<typeof createHolder>
let key: HolderKey

beforeAll(async () => {
  laptop = await startTestLaptop()
  const { url, tokens, tenant } = laptop.local
  const call = caller(url, tokens.owner)
  owner = (method, path, sent) => call(method, `/v1/tenants/${tenant}${path}`, sent)
  const configuration = { display: [{ name: 'Pass' }], claims: [{ path: ['level'] }] }
  const body = { name: 'pass', ...configuration }
  expect((await owner('POST', '/credential-configurations', { key: 'pass', body })).status).toBe(
    201,
  )
  const issuer = (await owner('GET', '/issuer')).body as { url: string }
  const send = (
    method: string,
    path: string,
    { body: sent, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) =>
    fetch(`${url}${path}`, {
      ...{ method, headers: { 'content-type': 'application/json', ...headers } },
      ...(sent === undefined
        ? {}
        : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
    })
  const world = { send, env: { PUBLIC_URL: url } } as Parameters<typeof createHolder>[0]
  holder = createHolder(world, issuer.url, () => new Date())
  key = await holderKey()
})
afterAll(() => laptop?.stop())

let offers = 0
const offer = async () => {
  offers += 1
  const body = { configurations: ['pass'], claims: { level: 1 }, txCode: false }
  const made = await owner('POST', '/credential-offers', { key: `offer-${offers}`, body })
  const { uri, issuance } = made.body as { uri: string; issuance: { id: string } }
  const code = holder.codeOf(await holder.fetchOffer(uri))
  const issued = async () => {
    const { body: read } = await owner('GET', `/issuances/${issuance.id}`)
    return (read as { credentials: string[] }).credentials.length
  }
  return { code, issued }
}
const many = <T>(run: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: MANY }, (_, at) => run(at)))
const counted = (answers: { status: number; body: Record<string, unknown> }[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status, body }) => `${status} ${body.error ?? ''}`.trim())].map(
      ([what, all]) => [what, all.length],
    ),
  )

it('one code, one nonce, one set of keys: one credential each', async () => {
  const first = await offer()
  const redeemed = await many(() => holder.redeem(first.code))
  expect(counted(redeemed)).toEqual({ '200': 1, '400 invalid_grant': MANY - 1 })
  const token = String(redeemed.find(({ status }) => status === 200)?.body.access_token)
  const jwt = await holder.proof({ key, nonce: await holder.nonce() })
  const request = { credential_configuration_id: 'pass', proofs: { jwt: [jwt] } }
  const byNonce = await many(() => holder.post('credential', request, { token }))
  expect(counted(byNonce)).toEqual({ '200': 1, '400 invalid_nonce': MANY - 1 })
  expect(await first.issued()).toBe(1)

  const second = await offer()
  const { body: access } = await holder.redeem(second.code)
  const keys = await many(holderKey)
  const byKeys = await many((at) =>
    holder.request(String(access.access_token), 'pass', [keys[at] as HolderKey]),
  )
  expect(counted(byKeys)).toEqual({ '200': 1, '400 credential_request_denied': MANY - 1 })
  expect(await second.issued()).toBe(1)
  console.log(
    `over workerd, ${MANY} at once: one token of one code, one credential of one nonce, one of ${MANY} keys`,
  )
})
