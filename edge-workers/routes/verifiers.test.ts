// What is handed out is what stands in the tree, byte by byte, under the digest that is shown.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorld } from '../../functions/simulator/edge-world.ts'
import { sha256Hex } from '../digest.ts'

const { send } = createWorld()
const fileOf = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../functions/cli', name), 'utf8')

describe.each(['verify-log.mjs', 'audit-log.mjs'])('%s', (name) => {
  const path = `/log/${name}`
  const text = fileOf(name)

  it('is the file of the tree, with a tag, and is not sent twice', async () => {
    const answer = await send('GET', path)
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    expect(await answer.text()).toBe(text)
    const etag = answer.headers.get('etag') ?? ''
    const again = await send('GET', path, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('asked for by its digest never changes, and by another is not there', async () => {
    const digest = sha256Hex(text)
    const same = await send('GET', `${path}?sha256=${digest}`)
    expect(same.headers.get('cache-control')).toContain('immutable')
    expect(await same.text()).toBe(text)
    expect((await send('GET', `${path}?sha256=${'0'.repeat(64)}`)).status).toBe(404)
    expect((await send('GET', `${path}?sha256=${digest.toUpperCase()}`)).status).toBe(422)
  })

  it('is named with its digest on the page of the log and in the reference', async () => {
    const digest = sha256Hex(text)
    const page = await (await send('GET', '/log')).text()
    expect(page).toContain(`href="${path}"`)
    expect(page).toContain(digest)
    expect(await (await send('GET', '/v1/openapi.json')).text()).toContain(digest)
  })
})
