// A store of backups in memory, and the Functions in front of it as far as backups go: signatures are not checked here, whose
// file it is, is. The same handlers run over a folder on the laptop.
import { decodeJwt } from 'jose'
import { FileName } from '../../schemas/backup.ts'
import type { BackupStore } from '../../schemas/ports.ts'
import {
  BACKUP_GET_PATH,
  BACKUP_LIST_PATH,
  BACKUP_PUT_PATH,
  GetBackup,
  ListBackups,
  PutBackup,
  WIRE_HEADER,
} from '../../schemas/wire.ts'
import { LACKS_PIECES, lacksPieces } from '../backup/store.ts'

export interface MemoryStore extends BackupStore {
  files: Map<string, Uint8Array>
}

export const createMemoryStore = (): MemoryStore => {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    put: async (name, bytes) => {
      const [owner, kind] = FileName.parse(name).split('/')
      const pieces = async () =>
        [...files.keys()].filter((one) => one.startsWith(`${owner}/pieces/`))
      if (kind === 'exports' && (await lacksPieces(bytes, pieces))) return LACKS_PIECES
      const there = files.get(name)
      if (there && Buffer.compare(there, bytes) !== 0) return { refused: 'other bytes' }
      files.set(name, new Uint8Array(bytes))
      return 'kept'
    },
    get: async (name) => files.get(FileName.parse(name)) ?? null,
    list: async (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)).sort(),
  }
}

export type OnFile = (verb: 'put' | 'get' | 'list', name: string) => void

/** `onFile` is told before anything is done, and may throw: then there is no answer. */
export const backupOffice =
  (store: BackupStore, beyond: typeof fetch, onFile: OnFile = () => undefined): typeof fetch =>
  async (input, init) => {
    const { pathname } = new URL(String(input))
    if (!pathname.startsWith('/api/backups/')) return beyond(input, init)
    const owner = decodeJwt(new Headers(init?.headers).get(WIRE_HEADER) ?? '').sub
    const body: unknown = await new Response(init?.body ?? null).json()
    const own = (name: string) => name.startsWith(`${owner}/`)
    if (pathname === BACKUP_PUT_PATH) {
      const { name, bytes } = PutBackup.parse(body)
      onFile('put', name)
      if (!own(name)) return new Response(null, { status: 400 })
      const kept = await store.put(name, new Uint8Array(Buffer.from(bytes, 'base64url')))
      return Response.json(kept === 'kept' ? { kept: true } : kept)
    }
    if (pathname === BACKUP_GET_PATH) {
      const { name } = GetBackup.parse(body)
      onFile('get', name)
      if (!own(name)) return new Response(null, { status: 400 })
      const bytes = await store.get(name)
      return Response.json({ bytes: bytes && Buffer.from(bytes).toString('base64url') })
    }
    if (pathname !== BACKUP_LIST_PATH) return new Response(null, { status: 404 })
    const { prefix } = ListBackups.parse(body)
    onFile('list', prefix)
    return Response.json({ names: own(prefix) ? await store.list(prefix) : [] })
  }
