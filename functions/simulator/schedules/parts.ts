// Many schedules in several processes: each runs the simulator's bundle over its own part of the seeds.
// The process is functions/cli/simulate.ts itself, which hears from its environment which part is its own.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Figures, Wishes } from './simulate.ts'

const SIMULATE = join(import.meta.dirname, '../../cli/simulate.ts')
/** Megabytes. What a schedule leaves behind is many small things: with more room there they are collected more cheaply. */
const YOUNG_GENERATION = 32

/** Fails when the process ends in any other way than with its figures. */
const runPart = (path: string, wishes: Wishes): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const child = fork(SIMULATE, {
      env: { ...process.env, SIMULATE_PART: JSON.stringify({ path, wishes }) },
      execArgv: [
        ...['--disable-warning=ExperimentalWarning', `--max-semi-space-size=${YOUNG_GENERATION}`],
      ],
    })
    child.once('message', (figures) => resolve(figures as Figures))
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a process ended with ${code}`))
    })
  })

/** `path`: the bundle. One figure for each process; schedules are dealt out in order of their seeds. */
export const runInParts = (
  path: string,
  { schedules, seed, ...more }: Wishes,
  processes: number,
): Promise<Figures[]> => {
  const parts = Math.max(1, Math.min(processes, schedules))
  const size = Math.ceil(schedules / parts)
  return Promise.all(
    Array.from({ length: parts }, (_, at) =>
      runPart(path, {
        ...more,
        ...{ schedules: Math.min(size, schedules - at * size), seed: seed + at * size },
      }),
    ),
  )
}
