// The operators' own tenant on the laptop, over real workerd and real Git: a site of the defaults is taken over by a file in
// platform/fleet, beside the entry points that are there already, and the next start finds it so.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ChangeView } from '../../schemas/change.ts'
import { SiteView } from '../../schemas/place.ts'
import {
  caller,
  changesOf,
  expectStatus,
  type RunningLaptop,
  startTestLaptop,
} from './story-client.ts'

let laptop: RunningLaptop
beforeAll(async () => {
  laptop = await startTestLaptop()
})
afterAll(() => laptop?.stop())

it('keeps a site in Git from the promotion of its change on', async () => {
  const { url, platform, tokens } = laptop.local
  const otto = caller(url, platform.tokens.requester)
  const paula = caller(url, platform.tokens.approver)
  const operator = caller(url, tokens.operator)
  const changes = changesOf(paula, platform.tenant)
  const siteOf = async () => expectStatus(await operator('GET', '/v1/sites/r630-01'), 200, SiteView)
  const { name, ...parameters } = await siteOf()
  const [host] = parameters.hosts
  const body = {
    ...{ action: 'create', template: 'site', name },
    parameters: { ...parameters, hosts: [{ ...host, memory: { value: 256, unit: 'GB' } }] },
  }
  const asked = expectStatus(
    await otto('POST', changes.root, { body, key: 'platform-site' }),
    202,
    ChangeView,
  )
  expect(asked.findings.map(({ rule }) => rule)).toEqual(['PLACE-KEPT'])
  const id = String(asked.id)
  const proposed = await changes.when(
    ...([id, 'a red gate', ({ gate }: ChangeView) => gate.state === 'red'] as const),
  )
  expect(proposed.pullRequest?.url).toContain(platform.repository)
  for (const step of ['approvals', 'merge']) {
    const done = await paula('POST', `${changes.root}/${id}/${step}`, { key: step })
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300)
  }
  await changes.when(id, 'applied', ({ state }) => state === 'applied')
  expect(await siteOf()).toMatchObject({ keptIn: id, hosts: [{ memory: { value: 256 } }] })
  const direct = await operator('PATCH', '/v1/sites/r630-01', {
    ...{ body: { standIn: true }, headers: { 'if-match': '*' } },
  })
  expect(direct.status).toBe(409)
})
