import { request } from 'node:http'
import { expect, test } from 'vitest'
import { AT, openForge, refusal, tip } from './testing.ts'

test('a bad token is 401, an unknown repository 404, a reader who writes 403, nobody who writes 401', async () => {
  const forge = await openForge()
  const sha = await tip(forge, 'main')
  const bad = await fetch(`${forge.url}/api/v3/repos/dbis/gitops`, {
    headers: { authorization: 'token wrong' },
  })
  expect(bad.status).toBe(401)
  expect(await bad.json()).toMatchObject({ message: 'Bad credentials' })
  const unknown = forge.as('ada').repos.get({ owner: 'dbis', repo: 'other' })
  expect((await refusal(unknown)).status).toBe(404)
  const write = (login: string | null) =>
    forge.as(login).git.createRef({ ...AT, ref: 'refs/heads/b', sha })
  expect((await refusal(write('eve'))).status).toBe(403)
  expect((await refusal(write(null))).status).toBe(401)
})

test('answers carry a request id and what is left of the rate', async () => {
  const forge = await openForge()
  const { headers, data } = await forge.as('ada').repos.get(AT)
  expect(headers['x-github-request-id']).toMatch(/^[0-9A-F]+$/)
  expect(Number(headers['x-ratelimit-remaining'])).toBeGreaterThan(0)
  expect(data).toMatchObject({ full_name: 'dbis/gitops', default_branch: 'main' })
  expect(data.permissions).toMatchObject({ push: true, admin: false })
})

test('what is not JSON is 400 and what has the wrong shape is 422, without repeating it', async () => {
  const forge = await openForge()
  const post = (body: string) =>
    fetch(`${forge.url}/api/v3/repos/dbis/gitops/git/refs`, {
      method: 'POST',
      headers: { authorization: 'token ada-token' },
      body,
    })
  expect((await post('{"ref":')).status).toBe(400)
  const wrong = await post('{"ref":["s3cret"],"sha":1}')
  expect(wrong.status).toBe(422)
  const text = await wrong.text()
  expect(text).not.toContain('s3cret')
  expect(JSON.parse(text).errors.map((error: { field: string }) => error.field)).toEqual([
    ...['ref', 'sha'],
  ])
})

test('files are read at a branch or commit, also raw; paths that climb are 404', async () => {
  const forge = await openForge()
  const { repos } = forge.as(null)
  const at = { ...AT, path: 'rendered/one.yaml', ref: 'live' }
  const file = await repos.getContent(at)
  expect(file.data).toMatchObject({ type: 'file', encoding: 'base64', size: 5 })
  const raw = await repos.getContent({ ...at, mediaType: { format: 'raw' } })
  expect(raw.data).toBe('a: 1\n')
  const folder = await repos.getContent({ ...AT, path: '' })
  expect(folder.data).toMatchObject([{ path: 'README.md' }, { path: 'rendered', type: 'dir' }])
  for (const path of ['none', '../../forge.sqlite', 'rendered/../README.md', '.git/config'])
    expect((await refusal(repos.getContent({ ...AT, path }))).status).toBe(404)
})

test('a request under a name that is not this machine’s is turned away', async () => {
  const forge = await openForge()
  const status = await new Promise((resolve, reject) => {
    const call = request(forge.url, { headers: { host: 'evil.example' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    call.end()
  })
  expect(status).toBe(421)
})
