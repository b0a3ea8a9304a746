// Canaries: known values of secrets put through every route that takes one, in every form, on a real laptop; then every byte that any
// part of it has written is searched: answers, logs, traces, databases, the vault's store, Git objects. None may be found.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningLaptop, startTestLaptop } from '../../local/story-client.ts'

/** 24 characters that nothing else has; a quote and a backslash, which JSON and shells write otherwise. */
const canary = (): string => `cnry${randomBytes(9).toString('hex')}"\\`
const VALUES = Array.from({ length: 6 }, canary)

/** Base64 of a text somewhere inside a longer one: without what its neighbours decide. */
const base64Cores = (text: string): string[] =>
  [0, 1, 2].map((offset) => {
    const all = Buffer.from(`${'x'.repeat(offset)}${text}`).toString('base64')
    const from = offset === 0 ? 0 : 4
    return all.slice(from, Math.floor(((offset + text.length) * 4) / 3 / 4) * 4)
  })
const formsOf = (text: string): { form: string; bytes: Buffer }[] => {
  const bytes = Buffer.from(text)
  const of = (form: string, ...texts: string[]) =>
    texts.map((one) => ({ form, bytes: Buffer.from(one) }))
  return [
    ...of('raw', text, text.slice(0, 22)),
    ...of('base64', ...base64Cores(text)),
    ...of(
      'base64url',
      ...base64Cores(text).map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
    ),
    ...of('hex', bytes.toString('hex'), bytes.toString('hex').toUpperCase()),
    ...of('URL', encodeURIComponent(text)),
    ...of('JSON', JSON.stringify(text).slice(1, -1)),
    { form: 'gzip', bytes: gzipSync(bytes).subarray(10, -8) },
    { form: 'UTF-16', bytes: Buffer.from(text, 'utf16le') },
  ]
}
const NEEDLES = VALUES.flatMap(formsOf)
const hitsIn = (bytes: Buffer): string[] =>
  NEEDLES.filter((needle) => bytes.includes(needle.bytes)).map(({ form }) => form)

let laptop: RunningLaptop
const lines: string[] = []
const answers: Buffer[] = []
beforeAll(async () => {
  laptop = await startTestLaptop((line) => void lines.push(line))
})
afterAll(() => laptop.stop())

let keys = 0
const call = async (method: string, path: string, body?: unknown, more: object = {}) => {
  keys += 1
  const { url, tokens } = laptop.local
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.owner}`,
      'idempotency-key': `canary-${keys}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  answers.push(bytes, Buffer.from(JSON.stringify([...response.headers])))
  return response.status
}

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

it('finds a canary in each form where there is one', () => {
  for (const { form, bytes } of NEEDLES)
    expect(hitsIn(Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')]))).toContain(
      form,
    )
  for (const text of VALUES)
    for (const pad of ['', 'a', 'ab'])
      expect(
        hitsIn(Buffer.from(Buffer.from(`${pad}${text}${pad}zz`).toString('base64'))),
      ).not.toEqual([])
})

it('leaves no value anywhere that went into the vault, was refused, or went astray', async () => {
  const [a, b, c, d, e, f] = VALUES as [string, string, string, string, string, string]
  const at = `/v1/tenants/${laptop.local.tenant}`
  const statuses = [
    await call('PUT', `${at}/secrets/canary-a`, { value: a, rotateDays: 30 }),
    await call('POST', `${at}/secrets/canary-a/rotate`, { value: b }),
    // Refused: too long, unknown field, not JSON, no such tenant, wrong name, in a query, in a header, in a path.
    await call('PUT', `${at}/secrets/canary-b`, { value: c.repeat(2_000) }),
    await call('PUT', `${at}/secrets/canary-b`, { value: c, extra: c }),
    await call('PUT', `${at}/secrets/canary-b`, `{"value":"${c}`),
    await call('PUT', `/v1/tenants/nobody/secrets/canary-b`, { value: d }),
    await call('PUT', `${at}/secrets/${encodeURIComponent(d)}`, { value: d }),
    await call('GET', `${at}/secrets?cursor=${encodeURIComponent(d)}`),
    await call('GET', `${at}/secrets/canary-a`, undefined, {
      'x-request-id': 'e'.repeat(8),
      traceparent: e.slice(0, 22),
    }),
    await call(
      'PUT',
      `${at}/secrets/canary-a`,
      { value: e },
      { authorization: `Bearer ${e.slice(0, 22)}` },
    ),
    // Where no secret belongs: a manifest must not take one.
    await call('POST', `${at}/changes`, {
      ...{ action: 'create', template: 'external-secret', name: 'canary' },
      parameters: {
        store: 'secrets',
        secrets: [{ name: 'x', keys: [{ secretKey: f, remoteKey: f }] }],
      },
    }),
    await call('GET', `${at}/secrets/canary-a/versions`),
    await call('PATCH', `${at}/secrets/canary-a`, { enabled: false }),
    await call('DELETE', `${at}/secrets/canary-a`),
    await call('PUT', `${at}/secrets/canary-a`, { value: e }),
    await call('POST', `${at}/secrets/canary-a/recover`),
    await call('GET', `${at}/audit`),
    await call('GET', `${at}/secrets`),
  ]
  expect(statuses.filter((status) => status >= 500)).toEqual([])
  expect(statuses.slice(0, 2)).toEqual([200, 200])
  // Alarms, exports and the log's heads are written meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  const { home } = laptop
  let bytes = 0
  const hits: string[] = []
  const search = (where: string, content: Buffer): void => {
    bytes += content.length
    for (const form of hitsIn(content)) hits.push(`${where}: ${form}`)
  }
  for (const [index, answer] of answers.entries()) search(`answer ${index >> 1}`, answer)
  search('logs', Buffer.from(lines.join('\n')))
  const all = await files(home)
  for (const file of all) {
    // An object that falls asleep takes its write-ahead log along: what was in it is in the database.
    const content = await readFile(file).catch(() => null)
    if (content) search(file.slice(home.length), content)
  }
  const repositories = all.filter((file) => file.endsWith('/HEAD') && file.includes('.git'))
  for (const head of repositories) {
    const gitDir = join(head, '..')
    const objects = execFileSync(
      'git',
      ['--git-dir', gitDir, 'cat-file', '--batch-all-objects', '--batch', '--unordered'],
      { maxBuffer: 1 << 30 },
    )
    search(`Git objects of ${gitDir.slice(home.length)}`, objects)
  }
  console.log(
    `canaries: ${VALUES.length} values in ${new Set(NEEDLES.map(({ form }) => form)).size} forms, ${bytes.toLocaleString('en')} bytes of ${all.length} files, ${answers.length} answers, ${lines.length} lines and ${repositories.length} repositories searched: ${hits.length} hits`,
  )
  expect(repositories.length).toBeGreaterThan(0)
  expect(hits).toEqual([])
})
