// What a process has used of the processor, as Linux accounts for it (proc(5), /proc/<pid>/stat: utime and stime).
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const UTIME = 14
const STIME = 15

export const canReadCpuTime = (): boolean => existsSync('/proc/self/stat')

const ticksPerSecond = (): number =>
  Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Ticks of user and system time out of the text of /proc/<pid>/stat. The name in brackets may hold anything. */
export const ticksIn = (stat: string): number => {
  const fromThird = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fromThird[number - 3])
  return field(UTIME) + field(STIME)
}

/** Reads microseconds of CPU of a process and all its threads. One tick is usually 10,000 of them. */
export const createCpuClock = (): ((pid: number) => number) => {
  const microseconds = 1e6 / ticksPerSecond()
  return (pid) => ticksIn(readFileSync(`/proc/${pid}/stat`, 'utf8')) * microseconds
}
