// The examination of the LogAnchor port (schemas/ports.ts): what every adapter must do the same. An adapter's own test opens a
// candidate over an empty place and sits it; faults of its own wire belong to that test.
import { describe, expect, it } from 'vitest'
import type { LogAnchor } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'

export interface Candidate {
  anchor: LogAnchor
  /** The same place, opened by a process that has just started. */
  reopen: () => LogAnchor
  /** The same place with a credential that may not write there. */
  denied: LogAnchor
  /** The same adapter where nobody answers. */
  unreachable: LogAnchor
}

export const checkpointOf = (size: number, history = 'a') => ({
  size,
  root: history.repeat(64 - String(size).length) + String(size),
  note: `example.org/log\n${size}\nroot\n\n— example.org/log c2lnbmF0dXJl\n`,
})

export const examineAnchor = (
  name: string,
  open: () => Promise<Candidate>,
  abilities: LogAnchor['abilities'],
): void => {
  describe(`the anchor ${name}`, () => {
    it('says what it is', async () => {
      expect((await open()).anchor.abilities).toEqual(abilities)
    })

    it('has nothing at first, which is an answer and no failure', async () => {
      expect(await (await open()).anchor.latest()).toBeNull()
    })

    it('publishes, says where, and gives the newest back', async () => {
      const { anchor } = await open()
      for (const size of [1, 2, 130, 1_000_000]) {
        const { root } = checkpointOf(size)
        const published = await anchor.publish(checkpointOf(size))
        const reference = expect.stringMatching(/./)
        expect(published).toEqual({ reference })
        expect(await anchor.latest()).toEqual({ size, root, ...published })
      }
    })

    it('answers a repeat as before, however much was published since and whatever its signatures', async () => {
      const { anchor } = await open()
      const first = await anchor.publish(checkpointOf(5))
      await anchor.publish(checkpointOf(7))
      expect(await anchor.publish(checkpointOf(5))).toEqual(first)
      expect(await anchor.publish({ ...checkpointOf(5), note: 'signed anew' })).toEqual(first)
      expect(await anchor.latest()).toMatchObject({ size: 7 })
    })

    it('gives the same place to many that publish the same at once', async () => {
      const { anchor } = await open()
      const all = await Promise.all([1, 2, 3].map(() => anchor.publish(checkpointOf(9))))
      expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(all[0]).toHaveProperty('reference')
    })

    it('refuses a smaller one, and one of a size that has another root', async () => {
      const { anchor } = await open()
      await anchor.publish(checkpointOf(3))
      const newest = await anchor.publish(checkpointOf(8))
      const refused = expect.stringMatching(/\.$/)
      expect(await anchor.publish(checkpointOf(4))).toEqual({ refused })
      expect(await anchor.publish(checkpointOf(8, 'b'))).toEqual({ refused })
      expect(await anchor.publish(checkpointOf(3, 'b'))).toEqual({ refused })
      expect(await anchor.latest()).toEqual({ size: 8, root: checkpointOf(8).root, ...newest })
    })

    it('knows after a restart what it knew before', async () => {
      const { anchor, reopen } = await open()
      const published = await anchor.publish(checkpointOf(6))
      const again = reopen()
      expect(await again.latest()).toEqual({ size: 6, root: checkpointOf(6).root, ...published })
      expect(await again.publish(checkpointOf(6))).toEqual(published)
      expect(await again.publish(checkpointOf(2))).toHaveProperty('refused')
      expect(await again.publish(checkpointOf(11))).toHaveProperty('reference')
    })

    it('tells denied from unreachable, and neither from having nothing', async () => {
      const { anchor, denied, unreachable } = await open()
      await expect(denied.publish(checkpointOf(1))).rejects.toThrow(Denied)
      await expect(unreachable.publish(checkpointOf(1))).rejects.toThrow(Outage)
      await expect(unreachable.latest()).rejects.toThrow(Outage)
      expect(await anchor.latest()).toBeNull()
    })
  })
}
