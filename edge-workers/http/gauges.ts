// What is asked when somebody scrapes: the log's newest checkpoint and whether promotion is frozen. A part that does not answer in
// time is down, and its gauges keep what they said last.
import { directoryStub, logStub } from '../actors/stubs.ts'
import type { Env } from '../env.ts'
import { inTime } from '../in-time.ts'
import type { Counters } from './counters.ts'

const ANSWERS_WITHIN_MS = 2_000

const yes = (value: boolean): number => (value ? 1 : 0)

/** Never rejects. */
export const readGauges = async (env: Env, counters: Counters): Promise<void> => {
  const part = async (name: string, read: () => Promise<void>): Promise<void> => {
    const up = await inTime(read(), ANSWERS_WITHIN_MS).then(
      () => true,
      () => false,
    )
    counters.set('phoenix_part_up', yes(up), { part: name })
  }
  await Promise.all([
    part('directory', async () => {
      const frozen = await directoryStub(env).frozen()
      counters.set('phoenix_promotion_frozen', yes(frozen !== null))
    }),
    part('log', async () => {
      const newest = await logStub(env).checkpoint()
      if (!newest) return
      counters.set('phoenix_log_size', newest.size)
      counters.set('phoenix_log_checkpoint_timestamp_seconds', Date.parse(newest.at) / 1000)
      counters.set('phoenix_log_checkpoint_cosigned', yes(newest.cosigned))
      counters.set('phoenix_log_checkpoint_published', yes(newest.commit !== null))
      const anchored = newest.anchors.map(({ at }) => Date.parse(at) / 1000)
      // One that has no anchor yet leaves the time of the one before.
      if (anchored.length > 0)
        counters.set('phoenix_log_anchor_timestamp_seconds', Math.max(...anchored))
    }),
  ])
}
