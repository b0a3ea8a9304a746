// Workloads as a page: made and deleted without a script, by those who may.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

let world: TenantWorld
let robot = ''
beforeEach(async () => {
  world = await createTenantWorld()
  robot = await world.ensureMember('acme', 'robot', 'requester', false)
})

const PAGE = '/t/acme/workloads'
const get = async (token: string) => {
  const answer = await world.http('GET', PAGE, { headers: { cookie: `phoenix_token=${token}` } })
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
const good = () => ({
  ...{ key: 'console:1', name: 'deploys', serviceAccount: robot, audience: '' },
  issuer: 'https://token.actions.githubusercontent.com',
  claims: 'sub = repo:acme/shop:ref:refs/heads/main\r\nenvironment=live=1\r\n',
  lifetimeSeconds: '300',
})

describe('the page of workloads', () => {
  it('takes a form, once, and shows what came of it', async () => {
    for (let sent = 0; sent < 2; sent += 1)
      expect(await post(PAGE, good())).toMatchObject({ status: 303, to: PAGE })
    const { text } = await get(world.tokens.owner)
    expect(text.match(/wkl_[a-z2-7]{20}<\/code>/g)).toHaveLength(1)
    for (const word of ['sub=repo:acme/shop:ref:refs/heads/main', 'environment=live=1', '5 min'])
      expect(text).toContain(word)
    expect(text).toContain('>robot<')
  })

  it('deletes', async () => {
    await post(PAGE, good())
    const [id = ''] = /wkl_[a-z2-7]{20}/.exec((await get(world.tokens.owner)).text) ?? []
    expect(await post(`${PAGE}/${id}/delete`, {})).toMatchObject({ status: 303, to: PAGE })
    expect((await get(world.tokens.owner)).text).toContain('None is trusted yet.')
    expect((await post(`${PAGE}/${id}/delete`, {})).status).toBe(404)
  })

  it.each([
    ['claims', 'sub'],
    ['claims', 'sub=a\nsub=b'],
    ['claims', ''],
    ['claims', 'sub=sesame*'],
    ['claims', '__proto__=sesame'],
    ['claims', 'ref=sesame'],
    ['issuer', 'http://sesame.example'],
    ['issuer', 'https://127.0.0.1'],
    ['issuer', 'javascript:sesame'],
    ['audience', 'sesame seeds'],
    ['name', '<sesame>'],
    ['serviceAccount', 'sesame'],
    ['lifetimeSeconds', '1e9'],
  ])('says what is wrong with %s %j, and does not repeat it', async (name, value) => {
    const { status, text } = await post(PAGE, { ...good(), [name]: value })
    expect(status).toBe(409)
    expect(text).toContain('role="alert"')
    expect(text).not.toContain('sesame')
    expect(text).toContain('None is trusted yet.')
  })

  it('says how claims are written', async () => {
    const { text } = await post(PAGE, { ...good(), claims: 'sub' })
    expect(text).toContain('Claims must be written name=value, one a line')
    const shared = await post(PAGE, { ...good(), claims: 'ref=x' })
    expect(shared.text).toContain('This issuer signs for everybody')
    for (const page of [text, shared.text]) expect(page).not.toContain('Invalid')
  })

  it('has forms for owners and admins only, and takes them from nowhere else', async () => {
    expect((await get(world.tokens.owner)).text).toContain('Trust the workload')
    const seen = await get(world.tokens.requester)
    expect([seen.status, seen.text.includes('<form method="post" action="/t/')]).toEqual([
      200,
      false,
    ])
    const refused = await post(PAGE, good(), { token: world.tokens.requester })
    expect([refused.status, refused.text.includes('role="alert"')]).toEqual([409, true])
    expect((await post(PAGE, good(), { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get(world.tokens.owner)).text).toContain('None is trusted yet.')
    await world.createTenant('dbis')
    const { token } = await world.createToken('dbis', 'owner')
    expect((await get(token)).status).toBe(404)
  })
})
