// Several clients at once, as people are: two ask for machines, one asks again for what she has asked for before, one approves, one
// merges (neither of them asked), and somebody looks on. Each remembers what was acknowledged, and repeats what had no answer.
import { setTimeout as delay } from 'node:timers/promises'
import { ChangeView } from '../../schemas/change.ts'
import type { LocalFile } from './laptop.ts'
import { type Answer, caller, changesOf, expectStatus, type Send } from './story-client.ts'

/** The last command about a change that was acknowledged; also what is wanted of it in the end. */
const HEARD = ['asked', 'promised', 'approved', 'merged'] as const
export type Heard = (typeof HEARD)[number]
export const atLeast = (heard: Heard, other: Heard): boolean =>
  HEARD.indexOf(heard) >= HEARD.indexOf(other)

export interface Life {
  name: string
  wanted: Heard
  heard: Heard
  /** As it was promised. */
  change: ChangeView | null
}

export const COMMANDS = ['request', 'approvals', 'merge'] as const
export type Command = (typeof COMMANDS)[number]
/** What a knife may wait for: a command that is on its way, or a change that is between its merge and the cluster. */
export type Event = Command | 'promotion'
const UNDER_WAY = new Set(['merged', 'promoted', 'applying'])

/** Of every five, one is only asked for, one approved, and three are merged. */
export const lifeOf = (number: number): Life => ({
  name: `machine-${number}`,
  wanted: (['merged', 'merged', 'approved', 'merged', 'promised'] as const)[number % 5] ?? 'merged',
  ...{ heard: 'asked', change: null },
})

const machine = (name: string) => ({
  action: 'create',
  template: 'virtual-machine',
  name,
  parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})

/** Together they ask less often than one caller may within a round of theirs. */
const BETWEEN_ROUNDS_MILLISECONDS = 100

/** Comes again when it is told to: a quick machine asks more in a minute than one caller may. */
const patient =
  (send: Send): Send =>
  async (method, path, sent) => {
    for (;;) {
      const answer = await send(method, path, sent)
      if (answer.status !== 429) return answer
      await delay(Number(answer.headers.get('retry-after')) * 1_000)
    }
  }

/** @param happens called when a command is on its way, or a promotion is seen. */
export const clientsOf = (
  local: LocalFile,
  lives: Life[],
  happens: (event: Event) => void = () => {},
) => {
  const { requester, approver, auditor } = local.tokens
  const [asks, decides, looks] = [requester, approver, auditor].map((token) =>
    patient(caller(local.url, token)),
  ) as [Send, Send, Send]
  const changes = changesOf(looks, local.tenant)
  /** Commands whose answer never came. */
  const unanswered: Record<Command, number> = { request: 0, approvals: 0, merge: 0 }
  let gone = false
  let between = false
  const send = async (command: Command, sent: Promise<Answer>): Promise<Answer> => {
    happens(command)
    return sent.catch((error) => {
      unanswered[command] += 1
      throw error
    })
  }
  const hear = (life: Life, heard: Heard): void => {
    if (!atLeast(life.heard, heard)) life.heard = heard
  }

  const request = async (life: Life): Promise<ChangeView> => {
    const body = machine(life.name)
    const sent = asks('POST', changes.root, { body, key: `crash-${life.name}` })
    const change = expectStatus(await send('request', sent), 202, ChangeView)
    if (life.change && (life.change.id !== change.id || life.change.receipt !== change.receipt))
      throw new Error(`${life.name} was promised twice`)
    life.change = change
    hear(life, 'promised')
    return change
  }
  /** What is refused is tried again when it is read again: the change was just moving. */
  const decide = async (life: Life, command: 'approvals' | 'merge'): Promise<void> => {
    const path = `${changes.root}/${life.change?.id}/${command}`
    const sent = decides('POST', path, { key: `crash-${command}-${life.name}` })
    const { status, body } = await send(command, sent)
    if (status < 300) hear(life, command === 'merge' ? 'merged' : 'approved')
    else if (status !== 409 && status !== 503) throw new Error(`${status}: ${JSON.stringify(body)}`)
  }
  const readAll = async (): Promise<Map<string, ChangeView>> => {
    const all = await changes.list()
    between = all.some(({ state }) => UNDER_WAY.has(state))
    if (between) happens('promotion')
    return new Map(all.map((change) => [String(change.id), change]))
  }
  /** One round of an approver, or of whoever merges: true when nothing is left for him. */
  const pass = async (command: 'approvals' | 'merge'): Promise<boolean> => {
    const [state, wish] = command === 'merge' ? ['approved', 'merged'] : ['proposed', 'approved']
    const all = await readAll()
    const nowOf = ({ change }: Life) => change && all.get(String(change.id))
    const left = lives.filter(
      (life) => nowOf(life)?.state === state && atLeast(life.wanted, wish as Heard),
    )
    for (const life of left) if (nowOf(life)?.gate.state !== 'absent') await decide(life, command)
    return left.length === 0
  }
  /** Again and again until the process is gone. */
  const forever = async (act: () => Promise<unknown>): Promise<void> => {
    while (!gone) {
      await act().catch((error: Error) => {
        if (!(error instanceof TypeError)) throw error
        gone = true
      })
      await delay(BETWEEN_ROUNDS_MILLISECONDS)
    }
  }

  return {
    ...{ changes, request, pass, readAll, unanswered },
    /** Whether a change was on its way from its merge to the cluster when somebody looked last. */
    isBetween: () => between,
    /** Ends with the process. */
    work: () =>
      Promise.all([
        forever(() => pass('approvals')),
        forever(() => pass('merge')),
        forever(async () => {
          for (const life of lives.slice(-4)) if (life.change) await request(life)
          await readAll()
        }),
      ]),
  }
}
