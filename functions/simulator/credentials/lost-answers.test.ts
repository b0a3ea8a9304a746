// C19 and C20: what the Functions did and whose answer was lost is asked for again under the same name or operation, and is there
// once. And a name is used for one key only, so that none stands in the way of another.
import type { HttpHandler, HttpResponseInit, InvocationContext } from '@azure/functions'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TURN_MILLISECONDS } from '../../../edge-workers/actors/directory/vault-turns.ts'
import type { CredentialOffer, IssuerIdentityView } from '../../../schemas/credential.ts'
import { vaultVerbs } from '../../../schemas/vault.ts'
import { verifiedIdVerbs } from '../../../schemas/verified-id.ts'
import {
  CREDENTIAL_KEY_MAKE_PATH,
  CREDENTIAL_KEY_SIGN_PATH,
  WIRE_HEADER,
} from '../../../schemas/wire.ts'
import { verbHandlers } from '../../azure/verbs.ts'
import { credentialKeyHandlers } from '../../credential-keys.ts'
import { issuerKeysOf } from '../../vault/issuer-keys.ts'
import { createWorld } from '../edge-world.ts'
import { createMemoryVault } from '../memory-vault.ts'
import { openEntraDriver } from './examined-drivers.ts'

beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => undefined))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Each path named in `lost` is done once without anybody hearing of it. */
const losing = (reach: typeof fetch, lost: Set<string>): typeof fetch => {
  return async (input, init) => {
    const answer = await reach(input, init)
    if (!lost.delete(new URL(String(input)).pathname)) return answer
    throw new TypeError('Network connection lost.')
  }
}

describe('at Entra Verified ID', () => {
  const badge = (title: string) => ({
    ...{ name: 'badge', driver: 'entra', type: 'Badge', display: [{ name: title }] },
    claims: [{ path: ['given_name'], mandatory: true }],
  })

  it('a contract and an offer are there once, with what was asked for last', async () => {
    const on = await openEntraDriver()
    const lost = new Set<string>([verifiedIdVerbs.contract.path])
    const { env } = on.world
    env.LOCAL = { fetch: losing(env.LOCAL?.fetch as typeof fetch, lost) }
    expect((await on.api('POST', '/credential-configurations', badge('First'))).status).toBe(503)
    const made = await on.api('POST', '/credential-configurations', badge('Second'))
    expect(made.status).toBe(201)
    const { state } = on.standIn.service
    expect(state.contracts).toHaveLength(1)
    expect(JSON.stringify(state.contracts)).toContain('Second')

    const body = { configurations: ['badge'], claims: { given_name: 'Ada' } }
    const offer = () => on.api<CredentialOffer>('POST', '/credential-offers', body, { key: 'one' })
    lost.add(verifiedIdVerbs.issue.path)
    expect((await offer()).status).toBe(503)
    expect((await offer()).status).toBe(201)
    expect(state.requests.size).toBe(1)
  })
})

describe('where the Functions keep the keys', () => {
  const handlersIn = (vault: ReturnType<typeof createMemoryVault>): Map<string, HttpHandler> => {
    const { place } = verbHandlers(vaultVerbs, () => vault.work)
    const keysOf = issuerKeysOf((owner) => vault.of(owner).keys)
    const { make, sign } = credentialKeyHandlers(() => keysOf)
    return new Map([
      [CREDENTIAL_KEY_MAKE_PATH, make],
      [CREDENTIAL_KEY_SIGN_PATH, sign],
      [vaultVerbs.place.path, place],
    ])
  }
  const functions = (handlers: Map<string, HttpHandler>): typeof fetch => {
    return async (input, init) => {
      const handler = handlers.get(new URL(String(input)).pathname)
      if (!handler) throw new TypeError('nothing is reachable here')
      const claims = decodeJwt(new Headers(init?.headers).get(WIRE_HEADER) ?? '')
      const context = { extraInputs: { get: () => claims } } as unknown as InvocationContext
      const { jsonBody } = (await handler(
        new Request(String(input), init) as never,
        context,
      )) as HttpResponseInit
      return Response.json(jsonBody)
    }
  }

  it('one that was made is the one that is used, and every other has another name', async () => {
    const vault = createMemoryVault()
    const lost = new Set<string>([CREDENTIAL_KEY_MAKE_PATH])
    const world = createWorld({
      env: {
        CREDENTIAL_KEYS: 'functions',
        LOCAL: { fetch: losing(functions(handlersIn(vault)), lost) },
      },
    })
    const { id } = await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    const at = '/v1/tenants/acme/issuer'
    const rotate = (key: string) => world.send('POST', `${at}/rotate`, { token, key })
    expect((await world.send('GET', at, { token })).status).toBe(503)
    expect((await world.send('GET', at, { token })).status).toBe(200)
    lost.add(CREDENTIAL_KEY_MAKE_PATH)
    expect((await rotate('one')).status).toBe(503)
    expect((await rotate('one')).status).toBe(200)
    expect((await rotate('two')).status).toBe(200)
    const issuer = (await (await world.send('GET', at, { token })).json()) as IssuerIdentityView
    const states = issuer.keys.map(({ state }) => state).sort()
    expect(states).toEqual(['current', 'previous', 'previous'])
    const listed = await vault.of(id).keys('listKeys', 'look', {})
    const kept = listed.ok ? listed.value.names : []
    // Its root, and one for each.
    expect(kept).toHaveLength(4)
  })

  it('a new one takes its turn at the vault, and nobody asks the vault before', async () => {
    const vault = createMemoryVault()
    const making: number[] = []
    const office = functions(handlersIn(vault))
    const counted: typeof fetch = (input, init) => {
      if (String(input).endsWith(CREDENTIAL_KEY_MAKE_PATH)) making.push(Date.now())
      return office(input, init)
    }
    const world = createWorld({
      env: { CREDENTIAL_KEYS: 'functions', LOCAL: { fetch: counted } },
    })
    await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    const read = () => world.send('GET', '/v1/tenants/acme/issuer', { token })
    const directory = world.env.DIRECTORY.getByName('directory')
    for (let others = 0; others < 4; others += 1) await directory.takeVaultTurn('0'.repeat(16))
    const early = await read()
    expect([early.status, making]).toEqual([503, []])
    const wait = Number(early.headers.get('retry-after'))
    expect(wait).toBeGreaterThanOrEqual(1)
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000))
    expect((await read()).status).toBe(200)
    const [root = 0, first = 0] = making
    expect(making).toHaveLength(2)
    expect(first - root).toBeGreaterThanOrEqual(TURN_MILLISECONDS - 100)
  })
})
