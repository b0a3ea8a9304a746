// Bodies and methods that must not get through: each gets its problem document, and nothing is written.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type Sent, type World } from '../../functions/simulator/edge-world.ts'
import { pointerOf } from '../../schemas/issues.ts'
import { MAX_BODY_BYTES } from './body.ts'
import { hasDuplicateKeys, parseJson } from './json.ts'

let world: World
beforeEach(() => {
  world = createWorld()
})

const acme = { slug: 'acme', name: 'Acme', jurisdiction: 'eu', repository: 'acme/infrastructure' }
const text = JSON.stringify(acme)
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)

const post = async (sent: Sent) => {
  const response = await world.send('POST', '/v1/tenants', {
    token: world.operator,
    key: 'k1',
    ...sent,
  })
  const body = (await response.json()) as {
    type?: string
    detail: string
    errors?: { pointer: string; detail: string }[]
  }
  return { response, body, problem: body.type?.split('/').at(-1), errors: body.errors }
}
const nothingWritten = () => {
  expect(world.directory.calls).toEqual([])
  expect(world.tenants.calls).toEqual([])
}

describe('JSON that cannot be read is 400', () => {
  it.each([
    ['nothing', ''],
    ['half an object', '{"slug":'],
    ['a trailing comma', '{"slug":"acme",}'],
    ['two values', '{}{}'],
    ['a byte order mark', `\uFEFF${text}`],
    ['a lone surrogate', text.replace('Acme', '\\ud800')],
    ['a number without end', text.replace('"Acme"', '1e999')],
    ['the same key twice', text.replace('{', '{"slug":"other",')],
    ['the same key twice, once escaped', text.replace('{', '{"\\u0073lug":"other",')],
    ['65 levels', '['.repeat(65) + ']'.repeat(65)],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s', async (_, body) => {
    const { response, problem } = await post({ body })
    expect([response.status, problem]).toEqual([400, 'malformed-request'])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    nothingWritten()
  })

  it('bytes that are not UTF-8', async () => {
    const bytes = utf8(text)
    bytes[text.indexOf('Acme')] = 0xff
    expect((await post({ body: bytes })).problem).toBe('malformed-request')
    nothingWritten()
  })
})

describe('JSON that does not fit is 422 with pointers, never with values', () => {
  it.each([
    ['an unknown field', { ...acme, admin: 'sesame' }, '/admin'],
    ['a wrong type', { ...acme, name: { sesame: 1 } }, '/name'],
    ['an array for a string', { ...acme, slug: ['sesame'] }, '/slug'],
    ['a missing field', { slug: 'acme' }, '/name'],
    ['a path for a name', { ...acme, slug: '../sesame' }, '/slug'],
    ['a control character', { ...acme, name: 'a\u0000sesame' }, '/name'],
    ['a bidirectional override', { ...acme, name: 'a\u202esesame' }, '/name'],
    ['a field of a field', { ...acme, quota: { vms: 'sesame' } }, '/quota/vms'],
    ['an array for the body', [acme], ''],
  ])('%s', async (_, body, pointer) => {
    const { response, problem, errors } = await post({ body })
    expect([response.status, problem]).toEqual([422, 'invalid-parameters'])
    expect(errors?.map((error) => error.pointer)).toContain(pointer)
    expect(JSON.stringify(errors)).not.toContain('"sesame')
    nothingWritten()
  })

  it.each(['__proto__', 'constructor', 'prototype'])('the key %s anywhere', async (key) => {
    const body = text.replace('{', `{"quota":{"a":[{"${key}":{"admin":true}}]},`)
    const { response, errors } = await post({ body })
    expect(response.status).toBe(422)
    expect(errors).toEqual([
      { pointer: `/quota/a/0/${key}`, detail: 'This key is not allowed anywhere.' },
    ])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    nothingWritten()
  })
})

describe('pointers', () => {
  it('are escaped as RFC 6901 says, cut, and free of control characters', () => {
    expect(pointerOf(['a/b', 'm~n', 0, ''])).toBe('/a~1b/m~0n/0/')
    expect(pointerOf(['x'], '/parameters')).toBe('/parameters/x')
    expect(pointerOf(['a\u0007\u202eb'])).toBe('/ab')
    expect(pointerOf(['x'.repeat(5000)])).toHaveLength(200)
  })
})

describe('size', () => {
  const filled = (bytes: number): Uint8Array => {
    const body = utf8(text)
    const out = new Uint8Array(bytes).fill(0x20)
    out.set(body)
    return out
  }
  const streamed = (bytes: Uint8Array): ReadableStream =>
    new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += 65_536) {
          controller.enqueue(bytes.slice(at, at + 65_536))
        }
        controller.close()
      },
    })

  it('1 MiB exactly passes, whole or in pieces', async () => {
    expect((await post({ body: filled(MAX_BODY_BYTES) })).response.status).toBe(201)
    expect((await post({ body: streamed(filled(MAX_BODY_BYTES)) })).response.status).toBe(201)
  })

  it('one byte more is 413', async () => {
    expect((await post({ body: filled(MAX_BODY_BYTES + 1) })).response.status).toBe(413)
    expect((await post({ body: streamed(filled(MAX_BODY_BYTES + 1)) })).response.status).toBe(413)
    nothingWritten()
  })

  it('a lying Content-Length helps neither way', async () => {
    const body = streamed(filled(MAX_BODY_BYTES + 1))
    const small = await post({ body, headers: { 'content-length': '10' } })
    expect(small.response.status).toBe(413)
    const large = await post({ body: text, headers: { 'content-length': '99999999' } })
    expect(large.response.status).toBe(413)
    nothingWritten()
  })
})

describe('media types', () => {
  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json, text/plain', 415],
    ['application/jsonx', 415],
    ['application/json; charset=UTF-8', 201],
    ['APPLICATION/JSON', 201],
  ])('%s is %i', async (type, status) => {
    const { response } = await post({ body: text, headers: { 'content-type': type } })
    expect(response.status).toBe(status)
  })

  it('a compressed body is 415', async () => {
    const headers = { 'content-encoding': 'gzip' }
    expect((await post({ body: text, headers })).response.status).toBe(415)
  })
})

describe('methods and addresses', () => {
  it('405 names what is allowed, 404 what is not there, before any credential', async () => {
    const wrong = await world.send('PUT', '/v1/tenants')
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST')
    expect((await world.send('DELETE', '/v1/tenants/acme/tokens/x')).status).toBe(401)
    for (const path of ['/v1/nothing', '/v1/tenants/', '/V1/tenants', '/v1//tenants']) {
      expect((await world.send('GET', path)).status, path).toBe(404)
    }
  })

  it('OPTIONS lists the methods and opens nothing to other origins', async () => {
    const response = await world.send('OPTIONS', '/v1/tenants')
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('HEAD answers like GET without a body', async () => {
    const response = await world.send('HEAD', '/healthz')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })
})

describe('duplicate keys', () => {
  it('are seen per object, not across objects, not in strings', () => {
    expect(hasDuplicateKeys('{"a":{"b":1},"c":{"b":2}}')).toBe(false)
    expect(hasDuplicateKeys('{"a":"a","b":["a","a"]}')).toBe(false)
    expect(hasDuplicateKeys('{"a":"{\\"b\\":1,\\"b\\":2}"}')).toBe(false)
    expect(hasDuplicateKeys('{"x":[{"b":1 , "b" :2}]}')).toBe(true)
    expect(hasDuplicateKeys(`{"b"${' '.repeat(5000)}:1,"b":2}`)).toBe(true)
  })

  it('a large honest body is read', () => {
    const body = JSON.stringify({ list: Array.from({ length: 100_000 }, (_, at) => at) })
    expect(parseJson(utf8(body)).ok).toBe(true)
  })
})
