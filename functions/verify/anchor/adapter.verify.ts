// The evm adapter against a real chain: the port's examination, lost calls and answers, and a chain without a price of gas.
import type { Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Denied } from '../../../schemas/result.ts'
import { createEvmAnchor, isStandIn } from '../../anchor/evm.ts'
import { checkpointOf, examineAnchor } from '../../anchor/examination.ts'
import { deployAnchor } from '../../cli/deploy-anchor.ts'
import { type Chain, type Fate, KEYS, missing, startChain, startProxy } from './chain.ts'

if (missing) console.warn(`SKIPPED, the adapter on a chain: ${missing}`)

const [ADMIN, WRITER, STRANGER] = KEYS
const addressOf = (key: Hex): Hex => privateKeyToAccount(key).address

describe.skipIf(missing !== null)('on a local chain', () => {
  let chain: Chain
  beforeAll(async () => {
    chain = await startChain()
  })
  afterAll(() => chain.stop())

  const deploy = (writer: Hex = WRITER, rpcUrl = chain.url): Promise<Hex> =>
    deployAnchor({
      ...{ rpcUrl, deployerKey: ADMIN, admin: addressOf(ADMIN) },
      ...{ writers: [addressOf(writer)], attesters: [], threshold: 1 },
    })

  examineAnchor(
    'evm',
    async () => {
      const contract = await deploy()
      const options = { rpcUrl: chain.url, contract, writerKey: WRITER }
      return {
        anchor: createEvmAnchor(options),
        reopen: () => createEvmAnchor(options),
        denied: createEvmAnchor({ ...options, writerKey: STRANGER }),
        // Port 1 of this machine: nobody listens.
        unreachable: createEvmAnchor({ ...options, rpcUrl: 'http://127.0.0.1:1' }),
      }
    },
    { kind: 'evm', independent: true },
  )

  it('names chain, contract and transaction', async () => {
    const contract = await deploy()
    const anchor = createEvmAnchor({ rpcUrl: chain.url, contract, writerKey: WRITER })
    const published = await anchor.publish(checkpointOf(3))
    expect(published).toEqual({
      reference: expect.stringMatching(new RegExp(`^chain 138, ${contract}, 0x[0-9a-f]{64}$`)),
    })
    expect(await isStandIn({ rpcUrl: chain.url, contract, writerKey: WRITER })).toBe(true)
  })

  it('denies another chain, an address without the contract, and a key without means', async () => {
    const contract = await deploy()
    const options = { rpcUrl: chain.url, contract, writerKey: WRITER }
    const poor = generatePrivateKey()
    const wrong = [
      createEvmAnchor({ ...options, chainId: 1 }),
      createEvmAnchor({ ...options, contract: addressOf(STRANGER) }),
    ]
    for (const anchor of wrong) {
      await expect(anchor.latest()).rejects.toThrow(Denied)
      await expect(anchor.publish(checkpointOf(1))).rejects.toThrow(Denied)
    }
    const unpaid = createEvmAnchor({ ...options, contract: await deploy(poor), writerKey: poor })
    await expect(unpaid.publish(checkpointOf(1))).rejects.toThrow(Denied)
  })

  it('publishes each checkpoint once, whatever is lost on the way', async () => {
    const contract = await deploy()
    // The same losses at every run.
    let state = 6
    const dice = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state % 10
    }
    const proxy = await startProxy(chain.url, (method): Fate => {
      const thrown = dice()
      if (method === 'eth_sendRawTransaction')
        return thrown < 4 ? 'lose-answer' : thrown < 7 ? 'lose-call' : 'pass'
      return thrown < 1 ? 'lose-answer' : 'pass'
    })
    const options = { contract, writerKey: WRITER, minedWithinMs: 600 }
    const anchor = createEvmAnchor({ ...options, rpcUrl: proxy.url })
    const references: string[] = []
    for (let size = 1; size <= 8; size += 1) {
      for (let tries = 0; references.length < size; tries += 1) {
        expect(tries).toBeLessThan(60)
        const result = await anchor.publish(checkpointOf(size)).catch(() => null)
        if (result && 'refused' in result) throw new Error(result.refused)
        if (result) references.push(result.reference)
      }
    }
    await proxy.stop()
    const direct = createEvmAnchor({ ...options, rpcUrl: chain.url })
    for (let size = 1; size <= 8; size += 1)
      expect(await direct.publish(checkpointOf(size))).toEqual({ reference: references[size - 1] })
    expect(new Set(references).size).toBe(8)
    const { eth_sendRawTransaction: sends = 0, ...others } = proxy.lost
    console.log(
      `lost on the way: ${sends} sends, ${Object.values(others).reduce((a, b) => a + b, 0)} others`,
    )
    expect(sends).toBeGreaterThan(0)
  }, 120_000)

  it('works where gas has no price and the writer has nothing', async () => {
    const free = await startChain('--gas-price', '0', '--block-base-fee-per-gas', '0')
    try {
      const poor = generatePrivateKey()
      const contract = await deploy(poor, free.url)
      const anchor = createEvmAnchor({ rpcUrl: free.url, contract, writerKey: poor })
      expect(await anchor.publish(checkpointOf(2))).toHaveProperty('reference')
    } finally {
      await free.stop()
    }
  })

  it('waits for the block, and asks again for what no block has yet', async () => {
    const slow = await startChain('--block-time', '1')
    try {
      const contract = await deploy(WRITER, slow.url)
      const options = { rpcUrl: slow.url, contract, writerKey: WRITER }
      const hasty = createEvmAnchor({ ...options, minedWithinMs: 0 })
      await expect(hasty.publish(checkpointOf(2))).rejects.toThrow('not put it into a block yet')
      const published = await createEvmAnchor(options).publish(checkpointOf(2))
      expect(published).toHaveProperty('reference')
      expect(await hasty.publish(checkpointOf(2))).toEqual(published)
    } finally {
      await slow.stop()
    }
  })
})
