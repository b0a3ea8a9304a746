// What a schedule sets in motion ends with it.
import { expect, it } from 'vitest'
import { takeOver } from './random.ts'

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

it('has timers of no time only: no other ends in a later schedule', async () => {
  const ended: string[] = []
  const surroundings = takeOver(0)
  const signal = AbortSignal.timeout(1)
  setTimeout(() => ended.push('long'), 1)
  await new Promise((resolve) => setTimeout(resolve))
  await pause(0)
  clearTimeout(setTimeout(() => ended.push('cleared'), 0))
  surroundings.restore()
  await pause(20)
  expect(ended).toEqual([])
  expect(signal.aborted).toBe(false)
  const after = AbortSignal.timeout(1)
  await pause(20)
  expect(after.aborted).toBe(true)
})
