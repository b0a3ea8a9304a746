// The second party under the platform's checkpoints: signs what the edge has signed, if it only ever grows. It trusts nothing
// that the edge says of the past: it keeps what it signed last and checks the way from there itself. Fail closed.
import type { HttpHandler } from '@azure/functions'
import { derOfRaw } from '../gitops/log/ecdsa.ts'
import { readNote, signatureLine } from '../gitops/log/note.ts'
import { verifyConsistency } from '../gitops/log/proof.ts'
import type { ConsistencyProof, LogHead } from '../schemas/log.ts'
import type { CheckpointSigner, CosignedHead } from '../schemas/ports.ts'
import { type CosignAnswer, CosignCheckpoint, WIRE_PLATFORM } from '../schemas/wire.ts'
import { AzureError } from './azure/errors.ts'
import { isSignedByEdge, platformHeadOf, sha256 } from './checkpoint-note.ts'
import { verifiedClaims } from './verify-request.ts'

type Head = LogHead & { origin: string }

const refused = (reason: string): CosignAnswer => ({ refused: reason })

/** What keeps this head from following the last one; null: nothing. */
const objection = (last: Head, head: Head, proof: ConsistencyProof | null): CosignAnswer | null => {
  if (head.origin !== last.origin) return refused('It is a checkpoint of another log.')
  // Whoever asks with an older one finds out how far his log had come.
  if (head.size < last.size) return { last: { size: last.size, root: last.root } }
  if (head.size === last.size)
    return head.root === last.root ? null : refused('A checkpoint of this size has another root.')
  const { size, root } = last
  if (proof?.from.size !== size || proof.to.size !== head.size) return { last: { size, root } }
  const grown = proof.from.root === root && proof.to.root === head.root
  return grown && verifyConsistency(proof, sha256)
    ? null
    : refused('It does not grow out of the checkpoint that was signed last.')
}

export interface Cosigner {
  signer: CheckpointSigner
  head: CosignedHead
  /** Of the edge, raw. */
  edgeKeys: Uint8Array[]
}

/**
 * A signature line for this note, or why there is none. The same checkpoint may be asked for again. What is signed is
 * remembered before it is signed: a crash between the two leaves nothing signed that is not remembered.
 */
export const cosign = async (
  { note, consistency }: CosignCheckpoint,
  { signer, head: memory, edgeKeys }: Cosigner,
): Promise<CosignAnswer> => {
  const head = platformHeadOf(note)
  if (!head) return refused('It is no checkpoint of the platform.')
  if (!(await isSignedByEdge(note, head.origin, edgeKeys)))
    return refused('The edge has not signed it.')
  const last = await memory.read()
  const objected = last && objection(last, head, consistency)
  if (objected) return objected
  // Another request came in between: whoever asks again finds what it left.
  if (!(await memory.replace(last, head))) {
    const now = await memory.read()
    return now ? { last: { size: now.size, root: now.root } } : refused('Ask again.')
  }
  const key = await signer.key()
  const text = new TextEncoder().encode(readNote(note)?.text ?? '')
  const signature = derOfRaw(await signer.sign(text))
  return { line: signatureLine(key.name, key.keyId, signature), key }
}

const readJson = async (request: { text(): Promise<string> }): Promise<unknown> => {
  try {
    return JSON.parse(await request.text())
  } catch {
    return undefined
  }
}

const problem = (status: number, title: string) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title, status }),
})

/** `make` is called with each request; null: these Functions are no second party. */
export const cosignHandler =
  (make: () => Cosigner | null): HttpHandler =>
  async (request, context) => {
    if (verifiedClaims(context).sub !== WIRE_PLATFORM) return problem(403, 'Forbidden')
    const asked = CosignCheckpoint.safeParse(await readJson(request))
    if (!asked.success) return problem(400, 'Bad Request')
    const cosigner = make()
    if (!cosigner) return problem(404, 'Not Found')
    try {
      return { jsonBody: await cosign(asked.data, cosigner) }
    } catch (error) {
      if (!(error instanceof AzureError)) throw error
      const line = { level: 'warn', event: 'cosign-failed', error: error.message }
      context.warn(JSON.stringify(line))
      return problem(503, 'Service Unavailable')
    }
  }
