// What the simulated vault keeps: one file for each name, encrypted with AES-256-GCM under a key in a file beside them. A copy of
// the files without the key (a backup, a synchronised folder) says nothing; whoever reads both, or this machine's memory, has it all.
import type { JsonWebKey } from 'node:crypto'
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

export interface Attributes {
  enabled: boolean
  /** Seconds since 1970, all of them. */
  nbf?: number
  exp?: number
  created: number
  updated: number
}
export interface Version {
  version: string
  attributes: Attributes
  tags?: Record<string, string>
  contentType?: string
  /** Of a secret. */
  value?: string
  /** Of a key, with its private half. */
  jwk?: JsonWebKey
  keyOps?: string[]
}
export interface Policy {
  lifetimeActions?: { trigger: Record<string, string>; action: { type: string } }[]
  attributes?: { expiryTime?: string | null; created?: number; updated?: number }
}
export interface Item {
  vault: string
  kind: 'secrets' | 'keys'
  name: string
  /** The newest last. */
  versions: Version[]
  /** Seconds since 1970; null: it is not deleted. */
  deleted: { at: number; purgeAt: number } | null
  policy?: Policy
}

export interface Store {
  items: Map<string, Item>
  /** On the disk when it answers. */
  save(item: Item): void
  remove(item: Item): void
}

/** Names do not tell the cases apart. */
export const keyOf = ({ vault, kind, name }: Pick<Item, 'vault' | 'kind' | 'name'>): string =>
  `${vault} ${kind} ${name.toLowerCase()}`

const ALGORITHM = 'aes-256-gcm'
const KEY_FILE = 'key'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** All of it or nothing, and on the disk. */
const writeWhole = (folder: string, name: string, bytes: Uint8Array): void => {
  const draft = join(folder, `${name}.new`)
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, join(folder, name))
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

const loadKey = (folder: string): Buffer => {
  const path = join(folder, KEY_FILE)
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  writeWhole(folder, `${KEY_FILE}.made`, randomBytes(32))
  linkSync(`${path}.made`, path)
  rmSync(`${path}.made`)
  return readFileSync(path)
}

const seal = (key: Buffer, name: string, text: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}
/** Throws for a file that was changed, or belongs to another name. */
const open = (key: Buffer, name: string, bytes: Buffer): string => {
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(name)).setAuthTag(tag)
  const body = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([body, decipher.final()]).toString('utf8')
}

const fileOf = (item: Item): string =>
  `${createHash('sha256').update(keyOf(item)).digest('hex')}.sealed`

/** `folder`: absolute; null keeps everything in memory. */
export const openStore = (folder: string | null): Store => {
  const items = new Map<string, Item>()
  if (folder === null)
    return {
      items,
      save: (item) => void items.set(keyOf(item), item),
      remove: (item) => void items.delete(keyOf(item)),
    }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const key = loadKey(folder)
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.sealed'))) {
    const item: Item = JSON.parse(open(key, name, readFileSync(join(folder, name))))
    items.set(keyOf(item), item)
  }
  return {
    items,
    save(item) {
      writeWhole(folder, fileOf(item), seal(key, fileOf(item), JSON.stringify(item)))
      items.set(keyOf(item), item)
    },
    remove(item) {
      rmSync(join(folder, fileOf(item)), { force: true })
      items.delete(keyOf(item))
    },
  }
}
