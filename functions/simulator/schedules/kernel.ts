// Every call between two processes stops here, twice: before it has its effect and before its answer arrives. Whoever drives
// decides which goes on, which is lost, and which process dies meanwhile. Between two decisions nothing runs.

/** `platform`: the Repository of the platform's own, where the log is published. */
export type Kind = 'tenant' | 'inventory' | 'repository' | 'platform' | 'log' | 'directory'
export interface Process {
  kind: Kind | 'functions' | 'client' | 'runtime' | 'stranger'
  /** What runs in a dead one never goes on. */
  alive: boolean
}

type Answer = { value: unknown } | { error: unknown }
export interface Crossing {
  from: Process
  to: Kind | 'forge' | 'functions' | 'vault'
  call: string
  /** Of a call to the forge, or to the vault. */
  about: { verb: string; input: unknown[] } | null
  /** Has the effect; `into` is told in which process. */
  run: (into: (process: Process) => void) => Promise<unknown>
  stage: 'asked' | 'running' | 'answered'
  into: Process | null
  answer: Answer | null
  /** When it was asked, by the schedule's clock. */
  at: number
  settle: (answer: Answer) => void
}

/** As the runtime says it when the other side is gone. */
const lostConnection = (): Error =>
  Object.assign(new Error('Network connection lost.'), { name: LOST })
export const LOST = 'ConnectionLost'

/** Everything that can go on without a decision has gone on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export type Heard = (from: Process['kind'], to: Crossing['to']) => void

export const createKernel = (now: () => number) => {
  let crossings: Crossing[] = []
  let active = false
  let heard: Heard = () => undefined
  const never = new Promise<never>(() => undefined)

  const forget = (crossing: Crossing): void => {
    crossings = crossings.filter((other) => other !== crossing)
  }
  const cross = (
    from: Process,
    to: Crossing['to'],
    call: string,
    run: Crossing['run'],
    about: Crossing['about'] = null,
  ): Promise<unknown> => {
    if (!from.alive) return never
    if (!active) return run(() => undefined)
    heard(from.kind, to)
    return new Promise((resolve, reject) => {
      crossings.push({
        ...{ from, to, call, run, about, stage: 'asked', into: null, answer: null, at: now() },
        settle: (answer) => {
          if (!from.alive) return
          if ('error' in answer) reject(answer.error)
          else resolve(answer.value)
        },
      })
    })
  }
  /** It has its effect; the answer waits. */
  const effect = (crossing: Crossing): void => {
    crossing.stage = 'running'
    const answered = (answer: Answer): void => {
      if (crossing.stage !== 'running') return
      crossing.stage = 'answered'
      crossing.answer = answer
    }
    const into = (process: Process): void => {
      crossing.into = process
    }
    crossing.run(into).then(
      (value) => answered({ value }),
      (error) => answered({ error }),
    )
  }
  /** Its answer arrives, or another in its place. */
  const answer = (crossing: Crossing, instead: Answer | null = null): void => {
    forget(crossing)
    crossing.settle(instead ?? crossing.answer ?? { error: lostConnection() })
  }

  return {
    cross,
    turn,
    effect,
    answer,
    forget,
    /** The caller hears that the connection is lost; whether it had its effect he cannot know. */
    lose: (crossing: Crossing): void => answer(crossing, { error: lostConnection() }),
    /** Effect without a caller: what a dead process had already sent. */
    orphan: (crossing: Crossing): void => {
      crossing.from = { kind: crossing.from.kind, alive: true }
      crossing.settle = () => undefined
    },
    /** Asked or answered; oldest first. */
    waiting: (): Crossing[] => crossings.filter(({ stage }) => stage !== 'running'),
    all: (): readonly Crossing[] => crossings,
    /** The process is gone: what it waits for never arrives, and who waits for it hears that the connection is lost. */
    kill: (process: Process): { asked: Crossing[]; answered: Crossing[] } => {
      process.alive = false
      const own = crossings.filter(({ from }) => from === process)
      const asked = own.filter(({ stage }) => stage === 'asked')
      const answered = own.filter(({ stage }) => stage !== 'asked')
      crossings = crossings.filter(({ from }) => from !== process)
      for (const crossing of crossings)
        if (crossing.into === process && crossing.stage === 'running') {
          crossing.stage = 'answered'
          crossing.answer = { error: lostConnection() }
        }
      return { asked, answered }
    },
    /** It is on its way again, after its caller died. */
    again: (crossing: Crossing): void => {
      crossings.push(crossing)
    },
    /** `hears` of every call. */
    start: (hears: Heard): void => {
      active = true
      heard = hears
      crossings = []
    },
    stop: (): void => {
      active = false
      for (const { from } of crossings) from.alive = false
      crossings = []
    },
  }
}
export type Kernel = ReturnType<typeof createKernel>
