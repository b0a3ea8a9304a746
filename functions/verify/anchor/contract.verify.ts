// The contract on a local chain: who may do what, what it refuses and with which error, and that it does not differ from a model
// of a few lines under random operations. Its compiled form is compared byte for byte with what the product carries.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKPOINT_ANCHOR_ABI as abi } from '../../anchor/checkpoint-anchor.ts'
import { type Chain, missing, startChain } from './chain.ts'
import { COMPILED, compile, moduleOf } from './compile.ts'
import { addressOf, type Deployed, deploy, ROLE, type Who } from './contract.fixture.ts'
import { createModel, type Operation } from './model.ts'

if (missing) console.warn(`SKIPPED, the contract on a chain: ${missing}`)

const root = (digit: string): Hex => `0x${digit.repeat(64)}`
const A = root('a')
const B = root('b')
const NOBODY: Hex = `0x${'0'.repeat(40)}`
const ok = (...events: string[]) => ({ events })
const no = (error: string) => ({ error })

it('is compiled from the source that stands beside it, byte for byte', () => {
  expect(readFileSync(COMPILED, 'utf8')).toBe(moduleOf(compile()))
})

describe.skipIf(missing !== null)('the contract', () => {
  let chain: Chain
  beforeAll(async () => {
    chain = await startChain()
  })
  afterAll(() => chain.stop())
  /** 0 is admin, 1 writes, 2 to 4 attest and two of them are enough, 5 is a stranger. */
  const fresh = () => deploy(chain.url, { writers: [1], attesters: [2, 3, 4], threshold: 2 })
  const read = ({ client, address }: Deployed, size: bigint) =>
    client.readContract({ address, abi, functionName: 'bySize', args: [size] })

  it('stores checkpoints, and says who, when and where', async () => {
    const anchor = await fresh()
    const { client, address, call } = anchor
    expect(await client.readContract({ address, abi, functionName: 'latest' })).toMatchObject([
      0n,
      { root: root('0') },
    ])
    expect(await call(1, 'publish', 7n, A, 'note')).toEqual(ok('CheckpointPublished'))
    const block = await client.getBlock()
    const there = {
      ...{ root: A, writer: addressOf(1), timestamp: block.timestamp },
      ...{ blockNumber: block.number, attestations: 0, confirmed: false },
    }
    expect(await client.readContract({ address, abi, functionName: 'latest' })).toEqual([7n, there])
    expect(await read(anchor, 7n)).toEqual(there)
    expect(await read(anchor, 6n)).toMatchObject({ root: root('0') })
    const [event] = await client.getContractEvents({ address, abi, fromBlock: block.number })
    expect(event?.args).toEqual({ size: 7n, root: A, writer: addressOf(1), note: 'note' })
  })

  it('grows only: no smaller size, no other root, and the same again changes nothing', async () => {
    const { call } = await fresh()
    await call(1, 'publish', 5n, A, '')
    await call(1, 'publish', 9n, A, '')
    expect(await call(1, 'publish', 8n, A, '')).toEqual(no('NotLarger'))
    expect(await call(1, 'publish', 9n, B, '')).toEqual(no('OtherRoot'))
    expect(await call(1, 'publish', 5n, B, '')).toEqual(no('OtherRoot'))
    expect(await call(1, 'publish', 9n, A, 'signed anew')).toEqual(ok())
    expect(await call(1, 'publish', 5n, A, '')).toEqual(ok())
    expect(await call(1, 'publish', 0n, A, '')).toEqual(no('EmptyCheckpoint'))
    expect(await call(1, 'publish', 10n, root('0'), '')).toEqual(no('EmptyCheckpoint'))
    expect(await call(1, 'publish', 10n, A, 'x'.repeat(16_385))).toEqual(no('NoteTooLong'))
    expect(await call(1, 'publish', 10n, A, 'x'.repeat(16_384))).toEqual(ok('CheckpointPublished'))
    expect(await call(1, 'publish', 2n ** 64n - 1n, A, '')).toEqual(ok('CheckpointPublished'))
  })

  it('lets only its roles write, attest and administer', async () => {
    const { call } = await fresh()
    await call(1, 'publish', 1n, A, '')
    for (const who of [0, 2, 5] as Who[])
      expect(await call(who, 'publish', 2n, A, '')).toEqual(no('NotWriter'))
    for (const who of [0, 1, 5] as Who[])
      expect(await call(who, 'attest', 1n, A)).toEqual(no('NotAttester'))
    for (const who of [1, 2, 5] as Who[]) {
      expect(await call(who, 'grant', ROLE.writer, addressOf(5))).toEqual(no('NotAdmin'))
      expect(await call(who, 'revoke', ROLE.writer, addressOf(1))).toEqual(no('NotAdmin'))
      expect(await call(who, 'setPaused', true)).toEqual(no('NotAdmin'))
      expect(await call(who, 'setThreshold', 1)).toEqual(no('NotAdmin'))
      expect(await call(who, 'proposeAdmin', addressOf(5))).toEqual(no('NotAdmin'))
      expect(await call(who, 'acceptAdmin')).toEqual(no('NotPendingAdmin'))
    }
    expect(await call(0, 'grant', ROLE.writer, addressOf(5))).toEqual(ok('RoleGranted'))
    expect(await call(0, 'grant', ROLE.writer, addressOf(5))).toEqual(ok())
    expect(await call(5, 'publish', 2n, A, '')).toEqual(ok('CheckpointPublished'))
    expect(await call(0, 'revoke', ROLE.writer, addressOf(5))).toEqual(ok('RoleRevoked'))
    expect(await call(5, 'publish', 3n, A, '')).toEqual(no('NotWriter'))
    expect(await call(0, 'grant', ROLE.attester, NOBODY)).toEqual(no('ZeroAddress'))
  })

  it('hands administration over in two steps, and takes a proposal back', async () => {
    const { call, client, address } = await fresh()
    expect(await call(0, 'proposeAdmin', addressOf(5))).toEqual(ok('AdminProposed'))
    expect(await call(0, 'proposeAdmin', NOBODY)).toEqual(ok('AdminProposed'))
    expect(await call(5, 'acceptAdmin')).toEqual(no('NotPendingAdmin'))
    await call(0, 'proposeAdmin', addressOf(5))
    expect(await call(5, 'setPaused', true)).toEqual(no('NotAdmin'))
    expect(await call(5, 'acceptAdmin')).toEqual(ok('AdminChanged'))
    expect(await client.readContract({ address, abi, functionName: 'admin' })).toBe(addressOf(5))
    expect(await call(0, 'setPaused', true)).toEqual(no('NotAdmin'))
    expect(await call(5, 'acceptAdmin')).toEqual(no('NotPendingAdmin'))
  })

  it('takes nothing while it is paused, and is administered and read all the same', async () => {
    const anchor = await fresh()
    const { call } = anchor
    await call(1, 'publish', 4n, A, '')
    expect(await call(0, 'setPaused', true)).toEqual(ok('PausedChanged'))
    expect(await call(0, 'setPaused', true)).toEqual(ok())
    expect(await call(1, 'publish', 5n, A, '')).toEqual(no('IsPaused'))
    expect(await call(1, 'publish', 4n, A, '')).toEqual(no('IsPaused'))
    expect(await call(2, 'attest', 4n, A)).toEqual(no('IsPaused'))
    expect(await call(0, 'grant', ROLE.writer, addressOf(5))).toEqual(ok('RoleGranted'))
    expect(await read(anchor, 4n)).toMatchObject({ root: A })
    expect(await call(0, 'setPaused', false)).toEqual(ok('PausedChanged'))
    expect(await call(1, 'publish', 5n, A, '')).toEqual(ok('CheckpointPublished'))
  })

  it('is confirmed by as many different attesters as were asked for, and says so once', async () => {
    const anchor = await fresh()
    const { call } = anchor
    await call(1, 'publish', 4n, A, '')
    expect(await call(2, 'attest', 3n, A)).toEqual(no('UnknownCheckpoint'))
    expect(await call(2, 'attest', 4n, B)).toEqual(no('OtherRoot'))
    expect(await call(2, 'attest', 4n, A)).toEqual(ok('CheckpointAttested'))
    expect(await call(2, 'attest', 4n, A)).toEqual(ok())
    expect(await read(anchor, 4n)).toMatchObject({ attestations: 1, confirmed: false })
    const second = await call(3, 'attest', 4n, A)
    expect(second).toEqual(ok('CheckpointAttested', 'CheckpointConfirmed'))
    expect(await call(4, 'attest', 4n, A)).toEqual(ok('CheckpointAttested'))
    expect(await read(anchor, 4n)).toMatchObject({ attestations: 3, confirmed: true })
  })

  it('counts nobody who published it, and keeps what a revoked attester said', async () => {
    const anchor = await fresh()
    const { call } = anchor
    await call(0, 'grant', ROLE.attester, addressOf(1))
    await call(1, 'publish', 4n, A, '')
    expect(await call(1, 'attest', 4n, A)).toEqual(no('OwnCheckpoint'))
    await call(2, 'attest', 4n, A)
    await call(0, 'revoke', ROLE.attester, addressOf(2))
    expect(await call(2, 'attest', 4n, A)).toEqual(no('NotAttester'))
    expect(await call(3, 'attest', 4n, A)).toEqual(ok('CheckpointAttested', 'CheckpointConfirmed'))
  })

  it('has a threshold that its admin moves, of at least one, for what is not confirmed yet', async () => {
    const anchor = await fresh()
    const { call } = anchor
    expect(await call(0, 'setThreshold', 0)).toEqual(no('ZeroThreshold'))
    await call(1, 'publish', 4n, A, '')
    await call(2, 'attest', 4n, A)
    expect(await call(0, 'setThreshold', 1)).toEqual(ok('ThresholdChanged'))
    expect(await read(anchor, 4n)).toMatchObject({ confirmed: false })
    expect(await call(2, 'attest', 4n, A)).toEqual(ok('CheckpointConfirmed'))
    await call(0, 'setThreshold', 3)
    expect(await read(anchor, 4n)).toMatchObject({ confirmed: true })
    const { client, address } = anchor
    const args = [4n] as const
    const count = await client.readContract({ address, abi, functionName: 'attestations', args })
    expect(count).toEqual([1, true])
  })

  it('cannot be deployed without an admin, or with a threshold of none', async () => {
    const none = { writers: [], attesters: [] }
    await expect(deploy(chain.url, { ...none, threshold: 0 })).rejects.toThrow()
  })

  it('takes no money', async () => {
    const { client, address } = await fresh()
    const account = addressOf(0)
    const send = (data?: Hex) =>
      client.call({ account, to: address, value: 1n, ...(data && { data }) })
    await expect(send()).rejects.toThrow()
    await expect(send(encodeFunctionData({ abi, functionName: 'acceptAdmin' }))).rejects.toThrow()
  })

  it('does what the model does, over random operations of everybody', async () => {
    let operations = 0
    const refusals = new Map<string, number>()
    const who = fc.integer({ min: 0, max: 5 }) as fc.Arbitrary<Who>
    const mostly = (...some: Who[]) =>
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...some) }, who)
    const size = fc.bigInt(0n, 6n)
    const hash = fc.constantFrom(A, A, A, B, root('0'))
    const role = fc.constantFrom(ROLE.writer, ROLE.attester)
    const operation: fc.Arbitrary<Operation> = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(mostly(1), fc.constant('publish' as const), size, hash) },
      {
        weight: 6,
        arbitrary: fc.tuple(mostly(2, 3, 4), fc.constant('attest' as const), size, hash),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(who, fc.constantFrom('grant' as const, 'revoke' as const), role, who),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(
          who,
          fc.constant('setThreshold' as const),
          fc.integer({ min: 0, max: 3 }),
        ),
      },
      { weight: 1, arbitrary: fc.tuple(who, fc.constant('setPaused' as const), fc.boolean()) },
      { weight: 1, arbitrary: fc.tuple(who, fc.constant('proposeAdmin' as const), who) },
      { weight: 1, arbitrary: fc.tuple(who, fc.constant('acceptAdmin' as const)) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 60 }), async (run) => {
        const anchor = await fresh()
        const model = createModel({ admin: 0, writers: [1], attesters: [2, 3, 4], threshold: 2 })
        for (const step of run) {
          const expected = model.take(step)
          expect(await model.send(anchor, step), JSON.stringify(step, String)).toEqual(expected)
          operations += 1
          if ('error' in expected)
            refusals.set(expected.error, (refusals.get(expected.error) ?? 0) + 1)
        }
        for (let size = 0n; size <= 6n; size += 1n) {
          const there = await read(anchor, size)
          expect(there).toMatchObject(model.checkpoint(size))
        }
      }),
      { numRuns: 60, seed: 20_261_122, endOnFailure: true },
    )
    console.log(
      `${operations} operations against the model, refused: ${JSON.stringify([...refusals])}`,
    )
    expect(refusals.size).toBeGreaterThanOrEqual(9)
  }, 240_000)
})
