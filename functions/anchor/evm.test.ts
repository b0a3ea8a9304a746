// The evm adapter without a chain: what it sends, byte for byte, and how it takes each kind of answer of a node. Against a real
// chain it sits the port's examination in `npm run verify`.
import {
  decodeFunctionData,
  encodeErrorResult,
  encodeFunctionResult,
  type Hex,
  parseTransaction,
} from 'viem'
import { describe, expect, it } from 'vitest'
import { Denied, Outage } from '../../schemas/result.ts'
import { CHECKPOINT_ANCHOR_ABI as abi } from './checkpoint-anchor.ts'
import { createEvmAnchor } from './evm.ts'

const CONTRACT = '0x5fbdb2315678afecb367f032d93f642f64180aa3'
const KEY = `0x${'11'.repeat(32)}` as const
const CHECKPOINT = { size: 7, root: 'a'.repeat(64), note: 'note' }
const EMPTY: Hex = `0x${'0'.repeat(64)}`
const TRANSACTION: Hex = `0x${'7'.repeat(64)}`
/** publish(uint64,bytes32,string) of that checkpoint: selector, size, root, offset, length, text (Solidity ABI specification). */
const CALLDATA = [
  '0x0f3852cc',
  '0000000000000000000000000000000000000000000000000000000000000007',
  'a'.repeat(64),
  '0000000000000000000000000000000000000000000000000000000000000060',
  '0000000000000000000000000000000000000000000000000000000000000004',
  '6e6f746500000000000000000000000000000000000000000000000000000000',
].join('')

type Answer = { result: unknown } | { error: object } | Response | 'broken'
/** A node in a few lines: one checkpoint, put there by whatever is sent. */
const nodeWith = (more: Partial<Record<string, (params: unknown[]) => Answer>> = {}) => {
  const sent: Hex[] = []
  const calls: string[] = []
  const entry = (there: boolean) => ({
    ...{ root: there ? (`0x${CHECKPOINT.root}` as Hex) : EMPTY, writer: CONTRACT as Hex },
    ...{ timestamp: 1n, blockNumber: 5n, attestations: 0, confirmed: false },
  })
  const call = (data: Hex): Hex => {
    const { functionName } = decodeFunctionData({ abi, data })
    const there = sent.length > 0
    if (functionName === 'latestSize')
      return encodeFunctionResult({ abi, functionName, result: there ? 7n : 0n })
    if (functionName === 'latest')
      return encodeFunctionResult({ abi, functionName, result: [there ? 7n : 0n, entry(there)] })
    return encodeFunctionResult({ abi, functionName: 'bySize', result: entry(there) })
  }
  const usual: Record<string, (params: unknown[]) => Answer> = {
    eth_chainId: () => ({ result: '0x8a' }),
    eth_call: ([request]) => ({ result: call((request as { data: Hex }).data) }),
    eth_estimateGas: () => ({ result: '0xc350' }),
    eth_getTransactionCount: () => ({ result: '0x2' }),
    eth_getBlockByNumber: () => ({ result: { baseFeePerGas: '0x0', transactions: [] } }),
    eth_gasPrice: () => ({ result: '0x3b9aca00' }),
    eth_sendRawTransaction: ([raw]) => {
      sent.push(raw as Hex)
      return { result: TRANSACTION }
    },
    eth_getTransactionReceipt: () => ({ result: { status: '0x1', logs: [] } }),
    eth_getLogs: () => ({ result: [] }),
  }
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const { id, method, params = [] } = JSON.parse(String(init?.body))
    calls.push(method)
    const answer = (more[method] ?? usual[method])?.(params) ?? { error: { code: -32601 } }
    if (answer === 'broken') throw new TypeError('socket hang up')
    return answer instanceof Response ? answer : Response.json({ jsonrpc: '2.0', id, ...answer })
  }
  const options = { rpcUrl: 'http://node.example', contract: CONTRACT, writerKey: KEY } as const
  const anchor = createEvmAnchor({ ...options, fetch, minedWithinMs: 0 })
  return { anchor, sent, calls }
}
const reverting = (
  errorName: 'NotWriter' | 'IsPaused' | 'NotLarger' | 'OtherRoot',
  args: readonly unknown[],
) => ({
  eth_estimateGas: () => ({
    error: {
      ...{ code: 3, message: 'execution reverted' },
      data: encodeErrorResult({ abi, errorName, args } as never),
    },
  }),
})

describe('what is sent', () => {
  it('is one legacy transaction of the contract’s publish, at no price where there is no base fee', async () => {
    const { anchor, sent } = nodeWith()
    await anchor.publish(CHECKPOINT)
    expect(sent).toHaveLength(1)
    const { data, to, nonce, chainId, gasPrice, gas, type } = parseTransaction(sent[0] as Hex)
    expect(data).toBe(CALLDATA)
    expect({ to, nonce, chainId, gasPrice: gasPrice ?? 0n, gas, type }).toEqual({
      ...{ to: CONTRACT, nonce: 2, chainId: 138, gasPrice: 0n, gas: 60_000n, type: 'legacy' },
    })
  })

  it('is the same transaction when it is sent again, and nothing where it is there already', async () => {
    const first = nodeWith()
    const second = nodeWith()
    await first.anchor.publish(CHECKPOINT)
    await second.anchor.publish(CHECKPOINT)
    expect(second.sent).toEqual(first.sent)
    await first.anchor.publish(CHECKPOINT)
    expect(first.sent).toHaveLength(1)
  })

  it('costs what the node suggests where blocks have a base fee', async () => {
    const { anchor, sent } = nodeWith({
      eth_getBlockByNumber: () => ({ result: { baseFeePerGas: '0x7', transactions: [] } }),
    })
    await anchor.publish(CHECKPOINT)
    expect(parseTransaction(sent[0] as Hex).gasPrice).toBe(1_000_000_000n)
  })
})

describe('an answer', () => {
  it('that is lost is looked for in the state', async () => {
    const lost: Hex[] = []
    const node = nodeWith({
      eth_sendRawTransaction: ([raw]) => {
        lost.push(raw as Hex)
        node.sent.push(raw as Hex)
        return 'broken'
      },
    })
    expect(await node.anchor.publish(CHECKPOINT)).toEqual({
      reference: `chain 138, ${CONTRACT}, block 5`,
    })
    expect(lost).toHaveLength(1)
  })

  it.each([
    ['NotWriter', [CONTRACT]],
    ['IsPaused', []],
  ] as const)('of the contract that it is %s is a denial', async (error, args) => {
    const { anchor, sent } = nodeWith(reverting(error, args))
    await expect(anchor.publish(CHECKPOINT)).rejects.toThrow(Denied)
    expect(sent).toEqual([])
  })

  it.each([
    ['NotLarger', [7n, 9n]],
    ['OtherRoot', [7n, EMPTY]],
  ] as const)('of the contract that it is %s is a refusal', async (error, args) => {
    const { anchor } = nodeWith(reverting(error, args))
    expect(await anchor.publish(CHECKPOINT)).toHaveProperty('refused')
  })

  it.each<[string, Partial<Record<string, () => Answer>>, typeof Denied | typeof Outage]>([
    ['another chain', { eth_chainId: () => ({ result: '0x1' }) }, Denied],
    ['no contract there', { eth_call: () => ({ result: '0x' }) }, Denied],
    ['no rights', { eth_chainId: () => new Response('secret', { status: 401 }) }, Denied],
    ['nothing', { eth_chainId: () => 'broken' }, Outage],
    ['a page', { eth_chainId: () => new Response('<html>secret', { status: 200 }) }, Outage],
    ['a failure', { eth_chainId: () => new Response('secret', { status: 502 }) }, Outage],
    ['nonsense', { eth_chainId: () => ({ result: { secret: 1 } }) }, Outage],
    ['its own error', { eth_call: () => ({ error: { code: -32005, message: 'secret' } }) }, Outage],
  ])('of a node: %s', async (_, more, kind) => {
    const { anchor } = nodeWith(more)
    for (const asked of [anchor.latest(), anchor.publish(CHECKPOINT)]) {
      const error = await asked.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(kind)
      expect(String(error)).not.toContain('secret')
    }
  })
})

it('has the verbs, errors and events that the product and its auditors use', () => {
  const names = (type: string) =>
    abi.flatMap((entry) => (entry.type === type && 'name' in entry ? [entry.name] : [])).sort()
  expect(names('error')).toEqual([
    ...['EmptyCheckpoint', 'IsPaused', 'NotAdmin', 'NotAttester', 'NotLarger', 'NotPendingAdmin'],
    ...['NotWriter', 'NoteTooLong', 'OtherRoot', 'OwnCheckpoint', 'UnknownCheckpoint'],
    ...['ZeroAddress', 'ZeroThreshold'],
  ])
  expect(names('event')).toEqual([
    ...['AdminChanged', 'AdminProposed', 'CheckpointAttested', 'CheckpointConfirmed'],
    ...['CheckpointPublished', 'PausedChanged', 'RoleGranted', 'RoleRevoked', 'ThresholdChanged'],
  ])
  expect(names('function')).toEqual([
    ...['NOTE_AT_MOST', 'acceptAdmin', 'admin', 'attest', 'attestations', 'bySize', 'grant'],
    ...['hasAttested', 'hasRole', 'latest', 'latestSize', 'paused', 'pendingAdmin', 'proposeAdmin'],
    ...['publish', 'revoke', 'setPaused', 'setThreshold', 'threshold'],
  ])
  // Nothing takes money.
  expect(abi.filter((entry) => JSON.stringify(entry).includes('"payable"'))).toEqual([])
})
