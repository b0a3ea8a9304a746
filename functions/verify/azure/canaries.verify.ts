// Canaries: known values of secrets put through every route that takes one, in every form, on a real laptop; then every byte that any
// part of it has written is searched: answers, logs, traces, databases, the vault's store, Git objects. None may be found.
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configIn } from '../../local/arm/agent.ts'
import { type RunningLaptop, startTestLaptop } from '../../local/story-client.ts'
import { readDocument } from '../../simulator/api-fuzz/document.ts'
import { arbitraryFromSchema } from '../templates/arbitrary-from-schema.ts'
import { canary, filled, formsOf, formsOfBytes, hitsIn, type Needle, withText } from './canary.ts'

const VALUES = Array.from({ length: 6 }, canary)
/** In credentials, headers and paths of nobody; in every field of a request that is refused; in JSON that is none. */
const [NOBODY, FIELD, BROKEN] = [canary(), canary(), canary()]
const needles: Needle[] = [...VALUES, NOBODY, FIELD, BROKEN].flatMap(formsOf)
const hits = (bytes: Buffer) => hitsIn(bytes, needles)

let laptop: RunningLaptop
const lines: string[] = []
const answers: Buffer[] = []
/** What a collector of traces gets. */
const told: Buffer[] = []
const collector = createServer(async (request, response) => {
  told.push(Buffer.from(JSON.stringify(request.headers)))
  for await (const part of request) told.push(part as Buffer)
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  const traces = { OTLP_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`, TRACE_RATIO: '1' }
  laptop = await startTestLaptop((line) => void lines.push(line), traces)
})
afterAll(async () => {
  await laptop.stop()
  collector.close()
})

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
/** For whoever may see it: once, and searched by nobody. */
const shownOnce = async (method: string, path: string, body: unknown): Promise<unknown> => {
  const before = answers.length
  const status = await call(method, path, body)
  const [bytes] = answers.splice(before)
  if (status >= 300) throw new Error(`answered ${status}`)
  return JSON.parse(String(bytes))
}

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

it('finds a canary in each form where there is one', () => {
  for (const { form, bytes } of needles)
    expect(hits(Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')]))).toContain(
      form,
    )
  for (const text of VALUES)
    for (const pad of ['', 'a', 'ab'])
      expect(
        hits(Buffer.from(Buffer.from(`${pad}${text}${pad}zz`).toString('base64'))),
      ).not.toEqual([])
})

it('takes them in every field, credential and path of every operation of the API', async () => {
  const { url, tenant } = laptop.local
  const send = (method: string, path: string) => fetch(`${url}${path}`, { method })
  const { operations } = await readDocument({ send } as never)
  const tally: Record<string, number> = {}
  const count = (what: string, status: number): void => {
    const key = `${what} ${status}`
    tally[key] = (tally[key] ?? 0) + 1
    expect(status, what).toBeLessThan(500)
  }
  for (const { method, path, body, bodyType } of operations) {
    const named = path.replace('{tenant}', tenant).replaceAll(/\{\w+\}/g, 'none')
    const lost = path.replace('{tenant}', tenant).replaceAll(/\{\w+\}/g, encodeURIComponent(NOBODY))
    const credential = NOBODY.slice(0, 22)
    const nobody = {
      authorization: `Bearer ${credential}`,
      cookie: `phoenix_session=${credential}`,
    }
    const type = { 'content-type': bodyType }
    const all = body === null ? undefined : filled(body, NOBODY)
    if (path.includes('{')) count('path', await call(method, lost, all, { ...nobody, ...type }))
    count('nobody', await call(method, named, all, { ...nobody, ...type }))
    if (body === null) continue
    count('broken', await call(method, named, `{"value":"${BROKEN}`, type))
    const [sample] = fc.sample(arbitraryFromSchema(body, {}), { numRuns: 1, seed: 1 })
    if (!bodyType.includes('json')) continue
    // The one field too many is why nothing of it is taken.
    for (const put of withText({ ...(sample as object), tooMany: 'x' }, FIELD))
      count('field', await call(method, named, put, type))
  }
  console.log(`canaries: ${operations.length} operations: ${JSON.stringify(tally)}`)
  expect(operations.length).toBeGreaterThan(100)
}, 240_000)

it('knows the token of an onboarding script and the key of a cluster’s agents', async () => {
  const at = `/v1/tenants/${laptop.local.tenant}/arc`
  const { link } = (await shownOnce('POST', `${at}/machines`, {
    ...{ name: 'canary-1', kind: 'host' },
  })) as { link: { url: string } }
  const visit = async () =>
    (await fetch(link.url, { headers: { 'user-agent': 'curl/8.5.0' } })).text()
  const script = await visit()
  const token = configIn(script)['access-token'] ?? ''
  expect(token.split('.')).toHaveLength(3)
  // What all tokens of the identity have in common says nothing.
  needles.push(...formsOf(token.split('.')[2] ?? ''), ...formsOf(link.url.split('/').at(-1) ?? ''))
  const { connect } = (await shownOnce('POST', `${at}/clusters`, {
    ...{ name: 'canary', cluster: laptop.local.clusters[0]?.name, distribution: 'k3s' },
  })) as { connect: { values: string } }
  const pem = /-----BEGIN RSA PRIVATE KEY-----[^-]+-----END RSA PRIVATE KEY-----/.exec(
    connect.values.replaceAll('\\n', '\n').replaceAll(/^ +/gm, ''),
  )?.[0]
  if (!pem) throw new Error('no key in the values')
  // Lines of the file behind the modulus, which is public, and the numbers in it.
  const file = pem.split('\n')
  for (const line of [20, 40]) needles.push(...formsOfBytes(Buffer.from(file[line] ?? '')))
  const jwk = createPrivateKey(pem).export({ format: 'jwk' })
  for (const part of [jwk.d, jwk.p, jwk.q])
    needles.push(...formsOfBytes(Buffer.from(part ?? '', 'base64url').subarray(0, 30)))
  for (const shown of [script, connect.values]) expect(hits(Buffer.from(shown))).not.toEqual([])
  expect(needles.filter(({ bytes }) => bytes.length < 16)).toEqual([])
  // A second look at the link, and what is told of both.
  answers.push(Buffer.from(await visit()))
  for (const path of ['/machines', '/clusters']) expect(await call('GET', `${at}${path}`)).toBe(200)
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
  const found: string[] = []
  const search = (where: string, content: Buffer): void => {
    bytes += content.length
    for (const form of hits(content)) found.push(`${where}: ${form}`)
  }
  for (const [index, answer] of answers.entries()) search(`answer ${index >> 1}`, answer)
  search('logs', Buffer.from(lines.join('\n')))
  search('the collector of traces', Buffer.concat(told))
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
    `canaries: ${needles.length} needles in ${new Set(needles.map(({ form }) => form)).size} forms, ${bytes.toLocaleString('en')} bytes of ${all.length} files, ${answers.length >> 1} answers, ${Buffer.concat(told).length.toLocaleString('en')} bytes of traces, ${lines.length} lines and ${repositories.length} repositories searched: ${found.length} hits`,
  )
  expect(repositories.length).toBeGreaterThan(0)
  expect(told.length).toBeGreaterThan(100)
  expect(found).toEqual([])
})
