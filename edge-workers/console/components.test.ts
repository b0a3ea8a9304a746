// Hardware as pages: registered, moved and read without a script, by those who may.
import { beforeAll, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeAll(async () => {
  world = await createTenantWorld()
})

const LIST = '/t/acme/components'
const get = async (path: string, token = world.tokens.owner) => {
  const answer = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return { status: answer.status, text: await answer.text() }
}
const post = async (
  path: string,
  fields: Record<string, string>,
  { token = world.tokens.owner, origin = 'http://127.0.0.1:8787' } = {},
) => {
  const answer = await world.http('POST', path, {
    body: new URLSearchParams(fields).toString(),
    headers: {
      ...{ cookie: `phoenix_token=${token}`, origin },
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
}
const fields = (serial: string) => ({
  ...{ key: `console:${serial}`, kind: 'server', manufacturer: 'Acme <Metal>', model: 'R 760' },
  ...{ serial, evidence: `sha256:${'e'.repeat(64)}\r\n` },
})
const register = async (serial: string) => (await post(LIST, fields(serial))).to ?? ''

describe('the pages of hardware', () => {
  it('register a component once, and show it with its leaf', async () => {
    const page = await register('P-1')
    expect(await register('P-1')).toBe(page)
    const shown = await get(page)
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('Acme &lt;Metal&gt; R 760')
    expect(shown.text).not.toContain('P-1<')
    expect(shown.text).toContain('/t/acme/log/bundle.json?subject=cmp_')
    expect((await get(LIST)).text).toContain(page)
    expect((await get(`${LIST}?state=&kind=disk`)).text).not.toContain(page)
    expect((await get('/t/acme')).text).toContain(LIST)
  })

  it('take the next step, and say why not', async () => {
    const page = await register('P-2')
    const step = (more: Record<string, string>) =>
      post(`${page}/steps`, { key: `console:${JSON.stringify(more)}`, version: '1', ...more })
    expect((await step({ to: 'deployed', site: 'no-where', host: 'h' })).text).toContain(
      'There is no such site.',
    )
    expect((await step({ to: 'transferred', custodian: ' ' })).text).toContain(
      'one line of plain text',
    )
    const taken = await step({ to: 'transferred', custodian: 'Carriers' })
    expect([taken.status, taken.to]).toEqual([303, page])
    // Of the version that somebody looked at before.
    expect((await step({ to: 'retired', reason: 'lost' })).status).toBe(409)
    expect((await step({ to: 'retired', reason: 'lost', version: '2' })).status).toBe(303)
    const end = await get(page)
    expect(end.text).toContain('Carriers')
    expect(end.text).not.toContain('Next step')
  })

  it('let those read who may read, and nobody else in', async () => {
    const page = await register('P-3')
    const reading = await get(page, world.tokens.auditor)
    expect(reading.status).toBe(200)
    expect(reading.text).not.toContain('<button type="submit" class="danger">')
    const step = { key: 'console:x', version: '1', to: 'retired', reason: 'lost' }
    expect((await post(`${page}/steps`, step, { token: world.tokens.auditor })).status).toBe(409)
    expect(
      (await post(`${page}/steps`, step, { origin: 'https://elsewhere.example' })).status,
    ).toBe(403)
    expect((await get(`${LIST}/cmp_${'a'.repeat(26)}`)).status).toBe(404)
  })
})
