// The contract in tests' hands: deployed anew, called by any of the known accounts, with the name of the error it says no with.
import {
  BaseError,
  type ContractFunctionArgs,
  ContractFunctionRevertedError,
  createTestClient,
  defineChain,
  type Hex,
  http,
  parseEventLogs,
  publicActions,
  walletActions,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { CHECKPOINT_ANCHOR_ABI as abi } from '../../anchor/checkpoint-anchor.ts'
import { deployAnchor } from '../../cli/deploy-anchor.ts'
import { KEYS } from './chain.ts'

const accounts = KEYS.map((key) => privateKeyToAccount(key))
/** Places in KEYS. */
export type Who = 0 | 1 | 2 | 3 | 4 | 5
export const addressOf = (who: Who): Hex => accounts[who]?.address as Hex
export const ROLE = { writer: 0, attester: 1 } as const

type Writing = 'nonpayable'
type Verb =
  | 'publish'
  | 'attest'
  | 'grant'
  | 'revoke'
  | 'proposeAdmin'
  | 'acceptAdmin'
  | 'setThreshold'
  | 'setPaused'

/** What a call did: the names of its events in order, or the error. */
export type Outcome = { events: string[] } | { error: string }

export interface Deployed {
  address: Hex
  call: <V extends Verb>(
    who: Who,
    verb: V,
    ...args: Extract<ContractFunctionArgs<typeof abi, Writing, V>, readonly unknown[]>
  ) => Promise<Outcome>
  client: ReturnType<typeof clientOf>
}

const clientOf = (url: string) =>
  createTestClient({
    mode: 'anvil',
    chain: defineChain({
      ...{ id: 138, name: 'local', rpcUrls: { default: { http: [url] } } },
      nativeCurrency: { name: 'unit', symbol: 'UNIT', decimals: 18 },
    }),
    transport: http(url),
    pollingInterval: 5,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)

const errorOf = (error: unknown): string => {
  const reverted =
    error instanceof BaseError &&
    error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  const name = (reverted as ContractFunctionRevertedError | false | null) || null
  if (name?.data === undefined) throw error
  return name.data.errorName
}

/** Account 0 is admin. */
export const deploy = async (
  url: string,
  { writers, attesters, threshold }: { writers: Who[]; attesters: Who[]; threshold: number },
): Promise<Deployed> => {
  const client = clientOf(url)
  const address = await deployAnchor({
    ...{ rpcUrl: url, deployerKey: KEYS[0], admin: addressOf(0), threshold },
    ...{ writers: writers.map(addressOf), attesters: attesters.map(addressOf) },
  })
  const call: Deployed['call'] = async (who, functionName, ...args) => {
    const account = accounts[who]
    const request = { address, abi, functionName, args, account } as never
    try {
      await client.simulateContract(request)
    } catch (error) {
      return { error: errorOf(error) }
    }
    const hash = await client.writeContract(request)
    const { logs, status } = await client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error(`${functionName} reverted after it had been tried`)
    return { events: parseEventLogs({ abi, logs }).map(({ eventName }) => eventName) }
  }
  return { address, call, client }
}
