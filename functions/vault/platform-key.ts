// The second party's key under the platform's checkpoints, as a key of a vault: made when it is first asked for, and read again now
// and then, so that one which was rotated there is used here.
import { createPublicKey } from 'node:crypto'
import { toBase64 } from '../../gitops/log/bytes.ts'
import { keyIdOf } from '../../gitops/log/note.ts'
import type { CheckpointSigner, KeyStore } from '../../schemas/ports.ts'
import type { WholeKey } from '../../schemas/vault.ts'
import { sha256 } from '../checkpoint-note.ts'
import { unwrap } from './issuer-keys.ts'

const NAME = 'cosigner'
const READ_AGAIN_MS = 300_000

const spkiOf = ({ publicJwk }: WholeKey): Uint8Array =>
  createPublicKey({ key: { ...publicJwk }, format: 'jwk' }).export({ type: 'spki', format: 'der' })

/** `name`: of the key, in its signature lines. `isSimulated`: whether the vault says so of it. */
export const vaultSigner = ({
  store,
  name,
  isSimulated,
  now,
}: {
  store: KeyStore
  name: string
  isSimulated: (keyName: string) => Promise<boolean>
  now: () => Date
}): CheckpointSigner => {
  let known: { key: WholeKey; simulated: boolean; until: number } | undefined
  const current = async (): Promise<WholeKey> => {
    const read = await store('readKey', 'cosigner', { name: NAME, version: null })
    if (read.ok || read.fault.fault !== 'absent') return unwrap(read)
    const asked = { name: NAME, kind: 'EC-P256', expiresAt: null, notBefore: null } as const
    return unwrap(await store('createKey', 'cosigner', asked))
  }
  const open = async () => {
    if (known && known.until > now().getTime()) return known
    const key = await current()
    const simulated = await isSimulated(NAME)
    known = { key, simulated, until: now().getTime() + READ_AGAIN_MS }
    return known
  }
  return {
    async key() {
      const { key, simulated } = await open()
      const spki = spkiOf(key)
      const keyId = keyIdOf(name, 'ES256', spki, sha256)
      return { ...{ name, algorithm: 'ES256', keyId, simulated }, publicKey: toBase64(spki) }
    },
    async sign(data) {
      const { version } = (await open()).key
      const what = { data: Buffer.from(data).toString('base64url') }
      const asked = { name: NAME, version, algorithm: 'ES256', what } as const
      const { signature } = unwrap(await store('sign', 'cosigner', asked))
      return new Uint8Array(Buffer.from(signature, 'base64url'))
    },
  }
}
