// What the second party answers is checked before it is kept: a line that its key does not hold for leaves the house nowhere.
import { afterEach, expect, it, vi } from 'vitest'
import { createLog, createLogWorld } from '../../../functions/simulator/log-world.fixture.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('a line that is no signature of the checkpoint is not kept, and the true one is once it comes', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const world = await createLogWorld()
  const { cosigner } = world.office
  if (!cosigner) throw new Error('there is no second party')
  const sign = async () => new Uint8Array(64).fill(7)
  world.office.cosigner = { ...cosigner, signer: { ...cosigner.signer, sign } }
  await world.stub.noteHead('ten_eu_aaaaaaaaaaaaaaaa', createLog('a').grow())
  expect(await world.settle(20)).toBe(false)
  expect(await world.stub.checkpoint()).toMatchObject({ cosigned: false, commit: null })
  expect(world.anchored).toEqual([])
  world.office.cosigner = cosigner
  expect(await world.settle(30)).toBe(true)
  expect(await world.stub.checkpoint()).toMatchObject({ cosigned: true })
})
