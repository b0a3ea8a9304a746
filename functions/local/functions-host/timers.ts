// Runs timer functions at their times. One run of a function at a time; what was missed while stopped is not made up.
import * as z from 'zod'
import type { Core, RegisteredFunction } from './core.ts'
import { invoke } from './invoke.ts'
import { parseSchedule, type Schedule } from './schedule.ts'

const TimerTrigger = z.looseObject({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
})

/** setTimeout takes 32 bits; longer waits are slept in pieces. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1

interface Times {
  last: Date
  next: Date
}

const timerInput = ({ last, next }: Times) => ({
  json: JSON.stringify({
    Schedule: { AdjustForDST: false },
    ScheduleStatus: { Last: last, Next: next, LastUpdated: last },
    IsPastDue: false,
  }),
})

const startTimer = (core: Core, registered: RegisteredFunction): (() => void) => {
  const { schedule: text, runOnStartup } = TimerTrigger.parse(registered.trigger.binding)
  const schedule: Schedule = parseSchedule(text)
  let timeout: NodeJS.Timeout | undefined
  let stopped = false

  const run = async (last: Date): Promise<void> => {
    const next = schedule(new Date())
    try {
      await invoke(core, registered, timerInput({ last, next }))
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'threw no error'
      core.log('error', 'system', `${registered.metadata.name}: ${reason}`)
    }
    sleepUntil(schedule(new Date()))
  }
  const sleepUntil = (due: Date): void => {
    if (stopped) return
    const left = due.getTime() - Date.now()
    timeout =
      left > LONGEST_SLEEP_MS
        ? setTimeout(() => sleepUntil(due), LONGEST_SLEEP_MS)
        : setTimeout(() => void run(due), Math.max(0, left))
  }
  sleepUntil(runOnStartup ? new Date() : schedule(new Date()))
  return () => {
    stopped = true
    clearTimeout(timeout)
  }
}

/** Starts every timer of an app and gives the way to stop them. Throws for a schedule that cannot be read. */
export const startTimers = (core: Core): (() => void) => {
  const stops = [...core.functions.values()]
    .filter(({ trigger }) => trigger.type === 'timer')
    .map((registered) => startTimer(core, registered))
  return () => {
    for (const stop of stops) stop()
  }
}
