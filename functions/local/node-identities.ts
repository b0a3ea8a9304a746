// Stand-in for the key service: node identities derived from a public text, so that anyone can compute the private keys.
// Worth nothing outside a laptop, and marked simulated in every answer. Private keys are neither returned nor kept.
import type { HttpHandler } from '@azure/functions'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type * as z from 'zod'
import type { NodeIdentity } from '../../schemas/template.ts'
import { IDENTIFY_NODES_PATH, IdentifyNodes, type NodeIdentityList } from '../../schemas/wire.ts'
import { verifiedClaims } from '../verify-request.ts'
import type { StandIn } from './functions-host/host.ts'

const PUBLIC_SEED = 'phoenix laptop throw-away node keys: public, never fund, never trust'

/** Address and public key of a secp256k1 private key, as Ethereum writes them (Yellow Paper, appendix F). */
export const identityOfKey = (
  privateKey: Uint8Array,
): Pick<NodeIdentity, 'address' | 'publicKey'> => {
  const point = secp256k1.getPublicKey(privateKey, false).slice(1)
  return {
    address: `0x${bytesToHex(keccak_256(point).slice(-20))}`,
    publicKey: bytesToHex(point),
  }
}

/** The same names give the same key, on every machine. A hash outside the group's order is hashed again. */
const throwAwayKey = (names: string[]): Uint8Array => {
  let key = sha256(utf8ToBytes(JSON.stringify([PUBLIC_SEED, ...names])))
  while (!secp256k1.utils.isValidSecretKey(key)) key = sha256(key)
  return key
}

export const simulateIdentity = (tenant: string, network: string, node: string): NodeIdentity => ({
  node,
  ...identityOfKey(throwAwayKey([tenant, network, node])),
  simulated: true,
})

const problem = (status: number, title: string) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title, status }),
})

const readJson = async (request: { text(): Promise<string> }): Promise<unknown> => {
  try {
    return JSON.parse(await request.text())
  } catch {
    return undefined
  }
}

const identifyNodes: HttpHandler = async (request, context) => {
  const { sub } = verifiedClaims(context)
  const asked = IdentifyNodes.safeParse(await readJson(request))
  if (!asked.success) return problem(400, 'Bad Request')
  const { tenant, network, nodes } = asked.data
  if (tenant !== sub) return problem(403, 'Forbidden')
  const identities = nodes.map((node) => simulateIdentity(tenant, network, node))
  return { jsonBody: { identities } satisfies z.infer<typeof NodeIdentityList> }
}

export const nodeIdentitiesStandIn: StandIn = {
  name: 'node-identities',
  method: 'POST',
  route: IDENTIFY_NODES_PATH.slice('/api/'.length),
  handler: identifyNodes,
}
