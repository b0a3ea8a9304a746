// Runs timer functions at their times, a failed one again as its retry policy says. One run of a function at a time. What came
// due while the host was stopped runs once when it starts, marked as past due, as in Azure (useMonitor).
import * as z from 'zod'
import type { RegisteredFunction, Retry, RetryContext } from './core.ts'
import { type Host, invoke } from './invoke.ts'
import { parseSchedule } from './schedule.ts'
import { resolveSettings } from './settings.ts'

const TimerTrigger = z.looseObject({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
})

/** setTimeout takes 32 bits; longer waits are slept in pieces. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1

interface Run {
  last: Date
  next: Date
  isPastDue: boolean
}

const timerInput = ({ last, next, isPastDue }: Run) => ({
  json: JSON.stringify({
    Schedule: { AdjustForDST: false },
    ScheduleStatus: { Last: last, Next: next, LastUpdated: last },
    IsPastDue: isPastDue,
  }),
})

const milliseconds = (duration: Retry['delayInterval']): number =>
  duration ? duration.seconds * 1000 + duration.nanos / 1e6 : 0

/** Before retry number `retryCount`, which counts from 1. */
export const delayBefore = (retry: Retry, retryCount: number): number => {
  if (retry.retryStrategy === 'fixedDelay') return milliseconds(retry.delayInterval)
  const grown = milliseconds(retry.minimumInterval) * 2 ** Math.min(retryCount - 1, 30)
  return Math.min(grown, milliseconds(retry.maximumInterval))
}

/** Runs a timer function once, with its retries. Never rejects: what went wrong is in the log. */
export const runTimer = async (
  host: Host,
  registered: RegisteredFunction,
  run: Run,
  isStopped = () => false,
): Promise<void> => {
  const { retry, metadata } = registered
  const maxRetryCount = retry?.maxRetryCount ?? 0
  let retryContext: RetryContext | undefined
  for (let retryCount = 1; ; retryCount += 1) {
    try {
      const call = { input: timerInput(run), ...(retryContext && { retryContext }) }
      await invoke(host, registered, call)
      return
    } catch (error) {
      const message = error instanceof Error ? error.message : 'threw no error'
      host.core.log('error', 'system', `${metadata.name}: ${message}`)
      if (!retry || (maxRetryCount >= 0 && retryCount > maxRetryCount)) return
      retryContext = { retryCount, maxRetryCount, exception: { message } }
    }
    await new Promise((resolve) => setTimeout(resolve, delayBefore(retry, retryCount)).unref())
    if (isStopped()) return
  }
}

const startTimer = (host: Host, registered: RegisteredFunction): (() => void) => {
  const trigger = TimerTrigger.parse(registered.trigger.binding)
  const text = resolveSettings(trigger.schedule)
  const schedule = parseSchedule(text)
  const { name } = registered.metadata
  const remembered = trigger.useMonitor ? host.store.timer(name, text) : null
  let timeout: NodeJS.Timeout | undefined
  let stopped = false

  const note = (last: Date, next: Date): void => {
    if (trigger.useMonitor)
      host.store.noteTimer(name, text, { last: last.getTime(), next: next.getTime() })
  }
  const run = async (last: Date, isPastDue = false): Promise<void> => {
    await runTimer(host, registered, { last, next: schedule(new Date()), isPastDue }, () => stopped)
    if (stopped) return
    const next = schedule(new Date())
    note(last, next)
    sleepUntil(next)
  }
  const sleepUntil = (due: Date): void => {
    if (stopped) return
    const left = due.getTime() - Date.now()
    timeout =
      left > LONGEST_SLEEP_MS
        ? setTimeout(() => sleepUntil(due), LONGEST_SLEEP_MS)
        : setTimeout(() => void run(due), Math.max(0, left))
  }

  const now = new Date()
  if (remembered && remembered.next < now.getTime()) void run(new Date(remembered.last), true)
  else if (trigger.runOnStartup) void run(now)
  else {
    const next = schedule(now)
    if (!remembered) note(now, next)
    sleepUntil(next)
  }
  return () => {
    stopped = true
    clearTimeout(timeout)
  }
}

/** Starts every timer of an app and gives the way to stop them. Throws for a schedule that cannot be read. */
export const startTimers = (host: Host): (() => void) => {
  const stops = [...host.core.functions.values()]
    .filter(({ trigger }) => trigger.type === 'timer')
    .map((registered) => startTimer(host, registered))
  return () => {
    for (const stop of stops) stop()
  }
}
