// Stand-in for the second party's key in Key Vault and for its memory: a P-256 key and the head signed last, in a folder of the
// Functions host's own. It says simulated wherever its key is shown: whoever has this machine has both parties' keys.
import { createHash, createPublicKey } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import * as z from 'zod'
import { toBase64 } from '../../gitops/log/bytes.ts'
import { keyIdOf } from '../../gitops/log/note.ts'
import { LogHead } from '../../schemas/log.ts'
import type { CheckpointSigner, CosignedHead } from '../../schemas/ports.ts'
import { COSIGN_PATH } from '../../schemas/wire.ts'
import { edgeKeysOf } from '../checkpoint-note.ts'
import { cosignHandler } from '../cosign-checkpoint.ts'
import type { StandIn } from './functions-host/host.ts'

/** In every signature line of it. */
export const SIMULATED_NAME = 'laptop/simulated-cosigner'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const KeyJwk = z.strictObject({
  ...{ kty: z.literal('EC'), crv: z.literal('P-256') },
  ...{ x: z.string(), y: z.string(), d: z.string() },
})
const Remembered = LogHead.extend({ origin: z.string() })

const readIfThere = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** On the disk when it answers, all of it or nothing. */
const writeWhole = async (folder: string, name: string, value: unknown): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(value))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  const directory = await open(folder, 'r')
  await directory.sync().finally(() => directory.close())
}

const loadKey = async (folder: string): Promise<z.infer<typeof KeyJwk>> => {
  const kept = await readIfThere(join(folder, 'key.json'))
  if (kept !== null) return KeyJwk.parse(kept)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const made = KeyJwk.parse(await exportJWK(privateKey))
  await writeWhole(folder, 'key.json', made)
  return made
}

/** The key is made when it is first asked for. */
const createLocalSigner = (folder: string): CheckpointSigner => {
  let loaded: Promise<z.infer<typeof KeyJwk>> | undefined
  const key = () => {
    loaded ??= loadKey(folder)
    return loaded
  }
  return {
    async key() {
      const { d: _, ...jwk } = await key()
      const spki = createPublicKey({ key: jwk, format: 'jwk' }).export({
        type: 'spki',
        format: 'der',
      })
      const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
      return {
        name: SIMULATED_NAME,
        algorithm: 'ES256',
        keyId: keyIdOf(SIMULATED_NAME, 'ES256', spki, sha256),
        publicKey: toBase64(spki),
        simulated: true,
      }
    },
    async sign(data) {
      const imported = await crypto.subtle.importKey('jwk', await key(), P256, false, ['sign'])
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      return new Uint8Array(await crypto.subtle.sign(algorithm, imported, new Uint8Array(data)))
    },
  }
}

/** One process writes it; within it, one after the other. */
export const createLocalHead = (folder: string): CosignedHead => {
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }
  const read = async () => {
    const kept = await readIfThere(join(folder, 'head.json'))
    return kept === null ? null : Remembered.parse(kept)
  }
  return {
    read: () => inTurn(read),
    replace: (before, { origin, size, root }) =>
      inTurn(async () => {
        const now = await read()
        if (now?.origin !== before?.origin || now?.size !== before?.size) return false
        if (now?.root !== before?.root) return false
        await writeWhole(folder, 'head.json', { origin, size, root })
        return true
      }),
  }
}

/** `folder`: where this party keeps its key and its memory; nobody else writes there. */
export const checkpointSignerStandIn = (folder: string, edgeJwks: string | undefined): StandIn => ({
  name: 'cosign-checkpoint',
  method: 'POST',
  route: COSIGN_PATH.slice('/api/'.length),
  handler: cosignHandler({
    signer: createLocalSigner(folder),
    head: createLocalHead(folder),
    edgeKeys: edgeKeysOf(edgeJwks),
  }),
})
