// Stand-in for the vault that keeps issuers' keys: P-256 keys in a folder of the Functions host's own, one file each, in the clear.
// It simulates that a private key cannot be taken out; whoever has this machine can.
import { createHash } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import * as z from 'zod'
import type { CredentialKeys } from '../../schemas/ports.ts'
import { CREDENTIAL_KEY_MAKE_PATH, CREDENTIAL_KEY_SIGN_PATH } from '../../schemas/wire.ts'
import { credentialKeyHandlers } from '../credential-keys.ts'
import type { StandIn } from './functions-host/host.ts'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const KeyJwk = z.strictObject({
  ...{ kty: z.literal('EC'), crv: z.literal('P-256') },
  ...{ x: z.string(), y: z.string(), d: z.string() },
})
type KeyJwk = z.infer<typeof KeyJwk>

const readKey = async (path: string): Promise<KeyJwk | null> => {
  try {
    return KeyJwk.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whoever is first makes it; a link fails where the name is taken. */
const makeKey = async (path: string): Promise<KeyJwk> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const made = KeyJwk.parse(await exportJWK(privateKey))
  const draft = `${path}.${crypto.randomUUID()}`
  await writeFile(draft, JSON.stringify(made), { mode: 0o600, flush: true })
  try {
    await link(draft, path)
    return made
  } catch (error) {
    const kept = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readKey(path) : null
    if (!kept) throw error
    return kept
  } finally {
    await rm(draft)
  }
}

/** Keys of one tenant. Names of tenants are no names of folders: a digest is. */
export const folderKeys = (folder: string, tenant: string): CredentialKeys => {
  const own = join(folder, createHash('sha256').update(tenant).digest('hex'))
  const nameOfKey = async (jwk: KeyJwk) => {
    const { d: _, ...publicJwk } = jwk
    return { kid: await calculateJwkThumbprint(publicJwk), publicJwk }
  }
  return {
    abilities: { keptBy: 'functions' },
    async make(name) {
      await mkdir(own, { recursive: true, mode: 0o700 })
      const path = join(own, `${name}.json`)
      const named = await nameOfKey((await readKey(path)) ?? (await makeKey(path)))
      await writeFile(join(own, `kid-${named.kid}`), name, { mode: 0o600 })
      return { ...named, sealed: null }
    },
    async sign({ kid }, data) {
      if (!/^[A-Za-z0-9_-]{43}$/.test(kid)) return null
      const name = await readFile(join(own, `kid-${kid}`), 'utf8').catch(() => null)
      const jwk = name === null ? null : await readKey(join(own, `${name}.json`))
      if (!jwk) return null
      const key = await crypto.subtle.importKey('jwk', jwk, ES256, false, ['sign'])
      return new Uint8Array(await crypto.subtle.sign(ES256, key, new Uint8Array(data)))
    },
  }
}

/** `folder`: where the stand-in keeps them; nobody else writes there. */
export const credentialKeyStandIns = (folder: string): StandIn[] => {
  const { make, sign } = credentialKeyHandlers((tenant) => folderKeys(folder, tenant))
  const routeOf = (path: string): string => path.slice('/api/'.length)
  const [name, method] = ['credential-key', 'POST']
  return [
    { name: `${name}-make`, method, route: routeOf(CREDENTIAL_KEY_MAKE_PATH), handler: make },
    { name: `${name}-sign`, method, route: routeOf(CREDENTIAL_KEY_SIGN_PATH), handler: sign },
  ]
}
