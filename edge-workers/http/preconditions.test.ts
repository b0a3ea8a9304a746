// If-Match and If-None-Match on a site.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../functions/simulator/edge-world.ts'

let world: World
beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('ml110-01'))
})

const patch = (ifMatch: string | undefined) =>
  world.send('PATCH', '/v1/sites/ml110-01', {
    token: world.operator,
    body: { standIn: false },
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  })
const version = async (): Promise<string | null> =>
  (await world.send('GET', '/v1/sites/ml110-01', { token: world.operator })).headers.get('etag')

describe('a write', () => {
  it.each([
    ['without If-Match', undefined, 428],
    ['with a stale tag', '"v0"', 412],
    ['with a later tag', '"v2"', 412],
    ['with a weak tag', 'W/"v1"', 412],
    ['with a tag that is not ours', '"abc"', 412],
    ['with a bare number', '1', 412],
    ['with several tags', '"v1", "v2"', 412],
  ])('%s is refused and changes nothing', async (_, tag, status) => {
    expect((await patch(tag)).status).toBe(status)
    expect(await version()).toBe('"v1"')
  })

  it.each(['"v1"', '*', ' "v1" '])('with %s goes through once', async (tag) => {
    const response = await patch(tag)
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"v2"'])
    expect((await patch('"v1"')).status).toBe(412)
  })
})

describe('a read', () => {
  it.each([
    ['"v1"', 304],
    ['W/"v1"', 304],
    ['"v9", "v1"', 304],
    ['*', 304],
    ['"v9"', 200],
  ])('with If-None-Match %s is %i', async (tag, status) => {
    const response = await world.send('GET', '/v1/sites/ml110-01', {
      token: world.operator,
      headers: { 'if-none-match': tag },
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('etag')).toBe('"v1"')
  })
})
