// What a process has used of the processor, as Linux accounts for it: nanoseconds for each of its threads (proc(5) and the
// kernel's sched-stats.rst, /proc/<pid>/task/<tid>/schedstat, first figure). Exact, so that turns may be short.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export const canReadCpuTime = (): boolean => existsSync('/proc/self/schedstat')

/** Microseconds of each thread. */
const threadsOf = (pid: number): Map<string, number> =>
  new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')
      return [thread, Number(stat.split(' ', 1)[0]) / 1000]
    }),
  )

/** Between two looks at the threads of one process. Rejects a thread that ended: what it used is gone with it. */
export const usedBetween = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number => {
  for (const thread of before.keys())
    if (!after.has(thread)) throw new Error('a thread ended, and its time is lost')
  return [...after].reduce((sum, [thread, used]) => sum + used - (before.get(thread) ?? 0), 0)
}

/** Microseconds of CPU that a process and all its threads use while `work` runs. */
export const cpuTimeOf = async (pid: number, work: () => Promise<unknown>): Promise<number> => {
  const before = threadsOf(pid)
  await work()
  return usedBetween(before, threadsOf(pid))
}
