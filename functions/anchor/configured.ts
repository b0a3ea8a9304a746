// Which anchor this installation has, by its environment: a chain where one is named, and else a file, which says that it is one.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import type { LogAnchor } from '../../schemas/ports.ts'
import { Denied } from '../../schemas/result.ts'
import type { EvmAnchorOptions } from './evm.ts'
import { createFileAnchor } from './file.ts'

/** Environment of the Functions. An empty text is none. */
export interface AnchorSettings {
  /** The edge's public keys (RFC 7517): what none of them has signed is not published. */
  EDGE_PUBLIC_JWKS?: string
  /** SubjectPublicKeyInfo of the second party in base64: where it is set, its signature is asked for too. */
  COSIGNER_PUBLIC_KEY?: string
  /** JSON-RPC of a node of the chain; absent: the anchor is a file. */
  ANCHOR_RPC_URL?: string
  /** Where the contract is, `0x` and 40 digits. */
  ANCHOR_CONTRACT?: string
  /** 138 where absent. */
  ANCHOR_CHAIN_ID?: string
  /** Private key of a writer, `0x` and 64 digits: a reference to the key vault in Azure. */
  ANCHOR_WRITER_KEY?: string
  /** In the chain's smallest unit; absent: 0 where blocks have no base fee, and else what the node suggests. */
  ANCHOR_GAS_PRICE?: string
  /** Of the file; absent: `phoenix/log-anchor.jsonl` in the home folder of the process. */
  ANCHOR_FILE?: string
}

const Chain = z.object({
  ANCHOR_RPC_URL: z.url({ protocol: /^https?$/ }),
  ANCHOR_CONTRACT: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]),
  ANCHOR_CHAIN_ID: z.coerce.number().int().min(1).optional(),
  ANCHOR_GAS_PRICE: z
    .string()
    .regex(/^[0-9]{1,30}$/)
    .optional(),
  ANCHOR_WRITER_KEY: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
})

export interface ConfiguredAnchor {
  anchor: LogAnchor
  /** Asked of the chain's node when first needed. */
  simulated: () => Promise<boolean>
}

/** What speaks to chains is a third of the bundle: it is run when a chain is first asked. */
const chainAnchor = (options: EvmAnchorOptions): ConfiguredAnchor => {
  const load = () => import('./evm.ts')
  let made: Promise<LogAnchor> | undefined
  const anchor = (): Promise<LogAnchor> => {
    made ??= load().then(({ createEvmAnchor }) => createEvmAnchor(options))
    return made
  }
  return {
    anchor: {
      abilities: { kind: 'evm', independent: true },
      latest: async () => (await anchor()).latest(),
      publish: async (checkpoint) => (await anchor()).publish(checkpoint),
    },
    simulated: async () => (await load()).isStandIn(options),
  }
}

/** Throws Denied with the names of settings that are missing or wrong, and never with what they say. */
export const configuredAnchor = (settings: AnchorSettings): ConfiguredAnchor => {
  const set = Object.fromEntries(Object.entries(settings).filter(([, value]) => value))
  if (!set.ANCHOR_RPC_URL) {
    const path = settings.ANCHOR_FILE || join(homedir(), 'phoenix', 'log-anchor.jsonl')
    return { anchor: createFileAnchor({ path }), simulated: async () => false }
  }
  const chain = Chain.safeParse(set)
  if (!chain.success) {
    const names = [...new Set(chain.error.issues.map(({ path }) => String(path[0])))]
    throw new Denied('anchor', `it is not set up: ${names.join(', ')}`)
  }
  const { data } = chain
  const { ANCHOR_GAS_PRICE: price, ANCHOR_CHAIN_ID: chainId } = data
  return chainAnchor({
    ...(price === undefined ? {} : { gasPrice: BigInt(price) }),
    ...(chainId === undefined ? {} : { chainId }),
    ...{ rpcUrl: data.ANCHOR_RPC_URL, contract: data.ANCHOR_CONTRACT },
    ...{ writerKey: data.ANCHOR_WRITER_KEY },
  })
}
