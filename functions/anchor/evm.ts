// The LogAnchor on an EVM chain, through viem: the contract of templates/contracts/CheckpointAnchor.sol. It waits for the first
// block that has the transaction: on QBFT that is final, and on a chain that reorganises it is not.
import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  createClient,
  defineChain,
  encodeFunctionData,
  type Hex,
  HttpRequestError,
  http,
  keccak256,
  RpcRequestError,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  estimateContractGas,
  getBlock,
  getChainId,
  getContractEvents,
  getGasPrice,
  getTransactionCount,
  getTransactionReceipt,
  readContract,
  sendRawTransaction,
} from 'viem/actions'
import type { LogAnchor } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'
import { CHECKPOINT_ANCHOR_ABI as abi } from './checkpoint-anchor.ts'

const PORT = 'anchor'
export const DEFAULT_CHAIN_ID = 138
const CALL_WITHIN_MS = 5_000
/** Below what the edge waits for: what is not in a block by then is asked for again. */
const MINED_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 250
const LARGER = 'A larger checkpoint is there.'
const OTHER_ROOT = 'A checkpoint of this size is there with another root.'

export interface EvmAnchorOptions {
  rpcUrl: string
  contract: Hex
  chainId?: number
  /** Private key of an account with the writer's role, 32 bytes in hex. */
  writerKey: Hex
  /** In the chain's smallest unit; absent: nothing where blocks have no base fee, and else what the node suggests. */
  gasPrice?: bigint
  fetch?: typeof globalThis.fetch
  minedWithinMs?: number
}

/** What the contract says no with: `refused` is an answer of the port, everything else is how things are set. */
const REFUSED: Record<string, string> = { NotLarger: LARGER, OtherRoot: OTHER_ROOT }
const DENIED: Record<string, string> = {
  NotWriter: 'the contract does not know this key as a writer',
  IsPaused: 'the contract is paused',
}

/** Every error of the library as one of ours. What a node says is not repeated: it may be anything, and quote what we sent. */
const failure = (error: unknown): Error | { refused: string } => {
  if (error instanceof Denied || error instanceof Outage) return error
  if (!(error instanceof BaseError)) return new Outage(PORT, 'cannot be asked', undefined, error)
  const find = <T>(kind: new (...args: never[]) => T): T | null =>
    error.walk((cause) => cause instanceof kind) as T | null
  const name = find(ContractFunctionRevertedError)?.data?.errorName
  if (name !== undefined) {
    const refused = REFUSED[name]
    return refused === undefined
      ? new Denied(PORT, DENIED[name] ?? 'the contract does not take this')
      : { refused }
  }
  if (find(ContractFunctionZeroDataError) || find(ContractFunctionRevertedError))
    return new Denied(PORT, 'there is no such contract at that address of the chain')
  // Of the node's words this much is read: geth's, and Besu's.
  if (/insufficient funds|exceeds account balance/i.test(find(RpcRequestError)?.details ?? ''))
    return new Denied(PORT, 'the writer cannot pay for it')
  const status = find(HttpRequestError)?.status
  if (status === 401 || status === 403) return new Denied(PORT, 'the node refuses our calls')
  return new Outage(PORT, 'does not answer', undefined, error)
}

const attempt = async <T>(work: Promise<T>): Promise<T | { refused: string }> => {
  try {
    return await work
  } catch (error) {
    const known = failure(error)
    if (known instanceof Error) throw known
    return known
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const clientOf = ({ rpcUrl, chainId = DEFAULT_CHAIN_ID, fetch }: EvmAnchorOptions) =>
  createClient({
    chain: defineChain({
      ...{ id: chainId, name: `chain ${chainId}`, rpcUrls: { default: { http: [rpcUrl] } } },
      nativeCurrency: { name: 'unit', symbol: 'UNIT', decimals: 18 },
    }),
    // Whoever calls repeats: a retry in here would hide from him how long it takes.
    transport: http(rpcUrl, {
      retryCount: 0,
      timeout: CALL_WITHIN_MS,
      ...(fetch && { fetchFn: fetch }),
    }),
  })

type Client = ReturnType<typeof clientOf>

/** A node suggests a tip even where the base fee is zero; on such a chain, as Besu's networks here are, gas is free. */
export const gasPriceOf = async (client: Client): Promise<bigint> => {
  const { baseFeePerGas } = await getBlock(client)
  return baseFeePerGas === 0n ? 0n : getGasPrice(client)
}

/** Whether the node is one that people run for tests. A node that does not say is taken for a real one. */
export const isStandIn = async (options: EvmAnchorOptions): Promise<boolean> => {
  const version = await clientOf(options)
    .request({ method: 'web3_clientVersion' })
    .catch(() => '')
  return /^(anvil|hardhat|edr|ganache)/i.test(String(version))
}

/**
 * Verbs throw Denied where the chain has another id, has no such contract, or does not take this key's word; Outage where it is
 * unknown what became of it. Then the same again finds what the first did: the state is read before anything is sent, and the
 * same transaction signed again is the same transaction.
 */
export const createEvmAnchor = (options: EvmAnchorOptions): LogAnchor => {
  const { contract, chainId = DEFAULT_CHAIN_ID, minedWithinMs = MINED_WITHIN_MS } = options
  const account = privateKeyToAccount(options.writerKey)
  const client = clientOf(options)
  const at = { address: contract, abi }

  const requireChain = async (): Promise<void> => {
    const id = await getChainId(client)
    if (id !== chainId) throw new Denied(PORT, `the chain has id ${id} and not ${chainId}`)
  }

  /** The transaction that published it, from the one block that has it. */
  const referenceOf = async (size: bigint, blockNumber: bigint): Promise<string> => {
    const range = { fromBlock: blockNumber, toBlock: blockNumber }
    const [event] = await getContractEvents(client, {
      ...{ ...at, ...range, eventName: 'CheckpointPublished', args: { size } },
    })
    return `chain ${chainId}, ${contract}, ${event?.transactionHash ?? `block ${blockNumber}`}`
  }

  /** Null: nothing of this size is there. */
  const judge = async (size: bigint, root: Hex) => {
    const there = await readContract(client, { ...at, functionName: 'bySize', args: [size] })
    if (BigInt(there.root) === 0n) return null
    return there.root === root
      ? { reference: await referenceOf(size, there.blockNumber) }
      : { refused: OTHER_ROOT }
  }

  /** As the next transaction of the account that no block has: made again, it is the same one and not a second one. */
  const sign = async (size: bigint, root: Hex, note: string): Promise<Hex> => {
    const call = { functionName: 'publish', args: [size, root, note] } as const
    const [gas, nonce, gasPrice] = await Promise.all([
      estimateContractGas(client, { ...at, ...call, account }),
      getTransactionCount(client, { address: account.address, blockTag: 'latest' }),
      options.gasPrice ?? gasPriceOf(client),
    ])
    const data = encodeFunctionData({ abi, ...call })
    // Legacy (EIP-155) is what every chain takes, those without a price of gas among them.
    const fields = { type: 'legacy', chainId, to: contract, data, nonce, gasPrice } as const
    return account.signTransaction({ ...fields, gas: gas + gas / 5n })
  }

  /** False where the node said no or nothing: it may have it all the same, and only the state tells. */
  const send = async (serializedTransaction: Hex): Promise<boolean> => {
    try {
      await sendRawTransaction(client, { serializedTransaction })
      return true
    } catch (error) {
      const known = failure(error)
      if (known instanceof Denied) throw known
      return false
    }
  }

  const isMined = async (hash: Hex): Promise<boolean> =>
    (await getTransactionReceipt(client, { hash }).catch(() => null)) !== null

  const publish = async (size: bigint, root: Hex, note: string) => {
    await requireChain()
    const there = await judge(size, root)
    if (there) return there
    const latestSize = await readContract(client, { ...at, functionName: 'latestSize' })
    if (latestSize > size) return { refused: LARGER }
    const until = Date.now() + minedWithinMs
    const signed = await sign(size, root, note)
    const heard = await send(signed)
    for (;;) {
      const mined = !heard || (await isMined(keccak256(signed)))
      const result = mined ? await judge(size, root).catch(() => null) : null
      if (result) return result
      if (Date.now() > until) throw new Outage(PORT, 'has not put it into a block yet')
      await pause(LOOK_EVERY_MS)
    }
  }

  return {
    abilities: { kind: 'evm', independent: true },
    latest: async () => {
      const read = async () => {
        await requireChain()
        const [size, { root, blockNumber }] = await readContract(client, {
          ...{ ...at, functionName: 'latest' },
        })
        if (size > BigInt(Number.MAX_SAFE_INTEGER))
          throw new Denied(PORT, 'the contract holds a size that no log has')
        if (size === 0n) return null
        const reference = await referenceOf(size, blockNumber)
        return { size: Number(size), root: root.slice(2), reference }
      }
      const found = await attempt(read())
      if (found && 'refused' in found) throw new Denied(PORT, 'the contract cannot be read')
      return found
    },
    publish: ({ size, root, note }) => attempt(publish(BigInt(size), `0x${root}`, note)),
  }
}
