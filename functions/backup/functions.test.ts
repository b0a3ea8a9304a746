// The store behind the signed wire: whoever the token names reaches his own files, and nobody else's.
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupFunctions, backupSettings } from './functions.ts'

const OWNER = 'ten_eu_aaaaaaaaaaaaaaaa'
const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
const PIECE = `${OWNER}/pieces/${'a'.repeat(64)}`
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-backups-'))
})
afterAll(() => rm(home, { recursive: true }))

const claims = (sub: string) => ({
  ...{ iss: 'phoenix-edge', aud: 'phoenix-functions', sub, jti: 'op', nonce: 'n'.repeat(16) },
  ...{ iat: 1, exp: 2, htm: 'POST', htp: '/', bsh: '' },
})
const call = async (
  verb: 'put' | 'get' | 'list',
  body: unknown,
  { owner = OWNER, settings = backupSettings({ BACKUP_FOLDER: home }) } = {},
) => {
  const request = { json: async () => body } as unknown as HttpRequest
  const context = {
    extraInputs: { get: () => claims(owner) },
  } as unknown as InvocationContext
  return (await backupFunctions(settings)[verb](request, context)) as HttpResponseInit
}

describe('the store behind the wire', () => {
  it('keeps, gives and lists what is one’s own', async () => {
    expect(await call('put', { name: PIECE, bytes: 'aGk' })).toEqual({ jsonBody: { kept: true } })
    expect(await call('put', { name: PIECE, bytes: 'aGo' })).toMatchObject({
      jsonBody: { refused: expect.any(String) },
    })
    expect(await call('get', { name: PIECE })).toEqual({ jsonBody: { bytes: 'aGk' } })
    expect(await call('list', { prefix: `${OWNER}/pieces/` })).toEqual({
      jsonBody: { names: [PIECE] },
    })
  })

  it('answers nothing about another owner’s, nor about names that are none', async () => {
    for (const [verb, body] of [
      ['put', { name: PIECE, bytes: 'aGk' }],
      ['get', { name: PIECE }],
      ['list', { prefix: `${OWNER}/pieces/` }],
      ['get', { name: `${OTHER}/../${PIECE}` }],
      ['put', { name: `${OTHER}/pieces/x`, bytes: '' }],
      ['get', {}],
      ['list', null],
    ] as const)
      expect(await call(verb, body, { owner: OTHER })).toEqual({ status: 400 })
  })

  it('is not there where no folder is set, and refuses settings that cannot be meant', async () => {
    expect(backupSettings({})).toBeNull()
    expect(await call('get', { name: PIECE }, { settings: null as never })).toEqual({ status: 404 })
    for (const wrong of [
      { BACKUP_FOLDER: 'relative' },
      { BACKUP_FOLDER: homedir() },
      { BACKUP_FOLDER: home, BACKUP_RETENTION_DAYS: '0' },
      { BACKUP_FOLDER: home, BACKUP_RETENTION_DAYS: 'ever' },
    ])
      expect(() => backupSettings(wrong)).toThrow(/^BACKUP_/)
  })
})
