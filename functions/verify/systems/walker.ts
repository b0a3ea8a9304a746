// Walks a rollout to its end as its people would: reports what is due, approves and merges what is proposed, and watches
// at every look that no phase is ahead of those it waits on.
import fc from 'fast-check'
import * as z from 'zod'
import { RolloutView } from '../../../schemas/rollout.ts'
import { findSystem } from '../../../templates/index.ts'
import { changesOf, expectStatus, type Send } from '../../local/story-client.ts'
import { arbitraryFromSchema } from '../templates/arbitrary-from-schema.ts'

const LOOKS_AT_MOST = 2_000
const PAUSE_MILLISECONDS = 200

/** A caller who waits when the API says so: its own limit, and the forge's of 80 writes a minute. */
export const patient =
  (send: Send): Send =>
  async (...request) => {
    for (;;) {
      const answer = await send(...request)
      const seconds = Number(answer.headers.get('retry-after') ?? 0)
      if ((answer.status !== 429 && answer.status !== 503) || seconds === 0) return answer
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }

export interface People {
  tenant: string
  requester: Send
  approver: Send
}

/** What a task asks for, made up: its schema's own example, or any inputs that it takes. */
export const madeUpInputs = (system: string, phase: string, task: string, seed: number) => {
  const found = findSystem(system)
    ?.phases.find(({ id }) => id === phase)
    ?.tasks.find(({ id }) => id === task)
  if (!found) throw new Error(`no task ${phase}/${task}`)
  const schema = z.toJSONSchema(found.inputs, { io: 'input', target: 'draft-2020-12' })
  // Where refinements leave almost nothing to chance, the schema says what is meant by an example.
  const [example] = schema.examples ?? []
  if (example !== undefined) return example as Record<string, unknown>
  const fitting = arbitraryFromSchema(schema as never).filter(
    (inputs) => found.inputs.safeParse(inputs).success,
  )
  const [inputs] = fc.sample(fitting, { numRuns: 1, seed })
  return inputs as Record<string, unknown>
}

export const readRollout = async (send: Send, tenant: string, id: string): Promise<RolloutView> =>
  expectStatus(await send('GET', `/v1/tenants/${tenant}/rollouts/${id}`), 200, RolloutView)

/** A phase that has a change although one it waits on is not healthy. */
export const aheadOf = ({ phases }: RolloutView): string[] =>
  phases
    .filter(({ change }) => change !== null)
    .flatMap(({ id, after }) =>
      after
        .filter(
          (before) => !phases.some((phase) => phase.id === before && phase.state === 'healthy'),
        )
        .map((before) => `${id} before ${before}`),
    )

export interface Walked {
  rollout: RolloutView
  /** Phases in the order in which their pull requests appeared, with its number. */
  opened: string[]
  tasks: number
}

/** @throws {Error} when a phase is ahead, when the rollout fails, or when nothing moves any more. */
export const walk = async (people: People, id: string): Promise<Walked> => {
  const { tenant, requester } = people
  const opened: string[] = []
  let tasks = 0
  for (let look = 0; look < LOOKS_AT_MOST; look += 1) {
    const rollout = await readRollout(requester, tenant, id)
    const ahead = aheadOf(rollout)
    if (ahead.length > 0) throw new Error(`ahead: ${ahead.join(', ')}`)
    for (const phase of rollout.phases)
      if (phase.change && !opened.includes(phase.id)) opened.push(phase.id)
    if (rollout.state === 'done') return { rollout, opened, tasks }
    if (rollout.state !== 'running') throw new Error(`${rollout.state}: ${rollout.reason}`)
    tasks += await report(people, rollout, look)
    await decide(people, rollout)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
  }
  throw new Error('the rollout does not come to its end')
}

/** One due task, or the prerequisites that hold a phase up. */
export const report = async ({ tenant, requester }: People, rollout: RolloutView, seed: number) => {
  const root = `/v1/tenants/${tenant}/rollouts/${rollout.id}`
  const missing = new Set(
    rollout.phases.flatMap(({ waitsOn }) =>
      waitsOn.filter(({ kind }) => kind === 'prerequisite').map((wait) => wait.id),
    ),
  )
  for (const id of missing) {
    const body = { state: 'met', evidence: 'walked' }
    expectStatus(await requester('POST', `${root}/prerequisites/${id}`, { body }), 200, RolloutView)
  }
  for (const phase of rollout.phases) {
    const task = phase.tasks.find(({ state }) => state === 'due')
    if (!task) continue
    const inputs = madeUpInputs(rollout.system.name, phase.id, task.id, seed + 1)
    const path = `${root}/phases/${phase.id}/tasks/${task.id}`
    expectStatus(await requester('POST', path, { body: { inputs } }), 200, RolloutView)
    return 1
  }
  return 0
}

/** Approves and merges the phases whose pull request waits for it. */
const decide = async ({ tenant, requester, approver }: People, { phases }: RolloutView) => {
  const changes = changesOf(requester, tenant)
  for (const { change } of phases) {
    if (change?.state !== 'proposed') continue
    const { gate } = await changes.read(change.id)
    if (gate.state !== 'red') continue
    for (const what of ['approvals', 'merge']) {
      const key = `${what} ${change.id}`.replaceAll(' ', '-')
      const answer = await approver('POST', `${changes.root}/${change.id}/${what}`, { key })
      if (answer.status >= 300)
        throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
    }
  }
}
