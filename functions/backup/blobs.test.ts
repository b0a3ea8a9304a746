// The store of backups over Azure blobs: the examination against a container in memory that answers as the Blob service does, and
// what it says when the service does not do it. Against another party's service: functions/verify/azure/blobs.verify.ts.
import { describe, expect, it } from 'vitest'
import { createBlobStore } from './blobs.ts'
import { examineBackupStore } from './examination.ts'

const CONTAINER = 'https://account.blob.core.windows.net/backups'
const NAME = `ten_eu_aaaaaaaaaaaaaaaa/pieces/${'a'.repeat(64)}`
const tokens = { getToken: async () => ({ token: 'a-token' }) }
const now = () => new Date('2026-11-22T12:00:00Z')

const error = (status: number, code: string): Response =>
  new Response(`<Error><Code>${code}</Code></Error>`, {
    status,
    headers: { 'x-ms-error-code': code },
  })

/** Pages of one, so that every list has to go on. */
const container = () => {
  const blobs = new Map<string, Uint8Array>()
  const list = (url: URL): Response => {
    const prefix = url.searchParams.get('prefix') ?? ''
    const after = url.searchParams.get('marker') ?? ''
    const [name, next] = [...blobs.keys()]
      .sort()
      .filter((one) => one.startsWith(prefix) && one > after)
    const blob = name === undefined ? '' : `<Blob><Name>${name}</Name><Properties/></Blob>`
    const marker = next === undefined ? '<NextMarker />' : `<NextMarker>${name}</NextMarker>`
    return new Response(`<EnumerationResults><Blobs>${blob}</Blobs>${marker}</EnumerationResults>`)
  }
  return async (address: string, init: RequestInit): Promise<Response> => {
    const [url, headers] = [new URL(address), new Headers(init.headers)]
    if (headers.get('authorization') !== 'Bearer a-token') return error(401, 'NoAuthentication')
    if (headers.get('x-ms-version') === null) return error(400, 'MissingRequiredHeader')
    if (url.searchParams.get('comp') === 'list') return list(url)
    const name = url.pathname.slice('/backups/'.length)
    const there = blobs.get(name)
    if (init.method === 'PUT') {
      if (there && headers.get('if-none-match') === '*') return error(409, 'BlobAlreadyExists')
      blobs.set(name, new Uint8Array(init.body as Uint8Array<ArrayBuffer>))
      return new Response(null, { status: 201 })
    }
    if (!there) return error(404, 'BlobNotFound')
    if (init.method === 'DELETE') blobs.delete(name)
    return new Response(init.method === 'GET' ? new Uint8Array(there) : null, {
      status: init.method === 'DELETE' ? 202 : 200,
      headers: { 'last-modified': 'Fri, 20 Nov 2026 08:00:00 GMT' },
    })
  }
}
const open = (fetch: (url: string, init: RequestInit) => Promise<Response>) =>
  createBlobStore({ container: CONTAINER, tokens, now, fetch })

examineBackupStore('a container of blobs', async () => open(container()))

it('thins: an export that is too old goes, and the pieces that only it needed', async () => {
  const store = open(container())
  const owner = 'ten_eu_aaaaaaaaaaaaaaaa'
  await store.put(NAME, new Uint8Array([1]))
  for (const day of ['20160101', '20261122'])
    await store.put(
      `${owner}/exports/${day}T071600000Z-0000000012`,
      new TextEncoder().encode('{}\n'),
    )
  expect(await store.thin(owner, 2557)).toBe(1)
  expect(await store.list(`${owner}/exports/`)).toHaveLength(1)
})

describe('what the service does not do', () => {
  const rows: [string, () => Response | Promise<Response>, string][] = [
    ['no such container', () => error(404, 'ContainerNotFound'), 'absent'],
    ['not allowed', () => error(403, 'AuthorizationPermissionMismatch'), 'denied'],
    ['busy', () => error(503, 'ServerBusy'), 'unreachable'],
    ['too much', () => error(429, 'TooManyRequests'), 'throttled'],
    ['cut off', () => Promise.reject(new TypeError('terminated')), 'unreachable'],
    ['a page of somebody in between', () => new Response('<html>', { status: 502 }), 'unreachable'],
  ]
  it.each(rows)('%s', async (_, answer, fault) => {
    const store = open(async () => answer())
    for (const asked of [
      () => store.get(NAME),
      () => store.put(NAME, new Uint8Array([1])),
      () => store.list(NAME.slice(0, 30)),
    ])
      await expect(asked()).rejects.toMatchObject({ name: 'AzureError', fault: { fault } })
  })
})
