// Over HTTP: what a tenant may name of a vault that others share, from the secret that it set to the change that names it.
import { beforeAll, describe, expect, it } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import type { SecretView } from '../../schemas/secret-view.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

let world: TenantWorld
let own: string
beforeAll(async () => {
  world = await createTenantWorld()
  const vault = await createVaultWorld()
  world.env.LOCAL = {
    fetch: createFunctionsOffice([
      [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
    ]),
  }
  const set = await world.http('PUT', '/v1/tenants/acme/secrets/db', {
    ...{ token: world.tokens.owner, key: 'set-db', body: { value: 'correct horse' } },
  })
  own = ((await set.json()) as SecretView).reference.key
})

const external = (remoteKey: string, action = 'create', name = 'more') => ({
  ...{ action, template: 'external-secret', name },
  parameters: {
    store: 'secrets',
    secrets: [{ name: 'auth', keys: [{ secretKey: 'password', remoteKey }] }],
  },
})
const store = (vaultSecret: string) => ({
  ...{ action: 'create', template: 'secret-store', name: 'secrets' },
  parameters: {
    ...{ vault: 'phoenix', entraTenantId: '00000000-0000-4000-8000-000000000001' },
    clientId: '00000000-0000-4000-8000-000000000002',
    secrets: [{ name: 'auth', keys: [{ key: 'password', vaultSecret }] }],
  },
})
const ask = (body: object, query = '') => world.send('POST', `/changes${query}`, { body })
interface Refused {
  type?: string
  errors?: { rule?: string; detail?: string }[]
}

describe('a change', () => {
  const foreign = 'phx-s-eu-bbbbbbbbbbbbbbbb-db'

  it('names the tenant’s own secret as its reference says', async () => {
    expect(own).toMatch(/^phx-s-eu-[a-z2-7]{16}-db$/)
    for (const name of [own, own.toUpperCase()])
      expect((await ask(external(name), '?validateOnly=true')).status).toBe(200)
    expect((await ask(store(own), '?validateOnly=true')).status).toBe(200)
  })

  it.each([
    ['another tenant’s', foreign],
    ['another tenant’s in upper case', foreign.toUpperCase()],
    ['nobody’s', 'phx-anything'],
  ])('that names %s is refused before anything is written', async (_, name) => {
    for (const asked of [external(name), store(name)])
      for (const query of ['', '?validateOnly=true']) {
        const { status, body } = await ask(asked, query)
        expect([status, body.type?.split('/').at(-1)]).toEqual([422, 'plan-blocked'])
        expect((body as Refused).errors?.map(({ rule }) => rule)).toEqual(['VAULT-NAME'])
        expect(JSON.stringify((body as Refused).errors)).not.toContain(name)
      }
    expect((await world.send('GET', '/changes')).body.items).toEqual([])
  })

  it('that names a key of its own for a secret is refused', async () => {
    const { status } = await ask(external(own.replace('phx-s', 'phx-k')))
    expect(status).toBe(422)
  })
})
