// /t/{tenant}/rollouts: rollouts as pages. A form's report or order goes the way the API's goes.
import { problems } from '../../schemas/problems.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { RolloutAct } from '../../schemas/rollout.ts'
import { PrerequisiteReport } from '../../schemas/rollout.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { nextLink, readPage } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { answerEvents, readForm, refusedPage } from './answers.tsx'
import { answerPageHtml } from './layout.tsx'
import { handlesOf, People } from './people.tsx'
import { RolloutPage, RolloutsPage } from './rollout-pages.tsx'
import type { RefusedForm } from './rollout-phases.tsx'
import { isOwnForm, ownDoor } from './session.ts'
import { readTaskForm } from './task-form.tsx'

const LIST = '/t/:tenant/rollouts'
const ONE = `${LIST}/:id`
/** A task may report a list of deployments. */
const MAX_REPORT_BYTES = 64_000

const showRollout = async (
  c: AppContext,
  door: Entered,
  id: string,
  refused: RefusedForm | null,
) => {
  const { tenant, caller } = door
  const [rollout, who] = await Promise.all([
    tenant.readRollout(caller, id),
    tenant.whoAmI(caller, 'rollouts.read'),
  ])
  if (!rollout.ok) return refusedPage(c, rollout.refusal)
  if (!who.ok) return refusedPage(c, who.refusal)
  const { requester, phases, prerequisites } = rollout.value
  const reporters = [...phases.flatMap(({ tasks }) => tasks), ...prerequisites].map(({ by }) => by)
  const people = await handlesOf(door, [who.value.subject, requester, ...reporters])
  return answerPageHtml(
    c,
    {
      ...{ title: `Rollout of ${rollout.value.name}`, scripts: ['/live.js'] },
      status: refused ? 409 : 200,
    },
    <People.Provider value={people}>
      <RolloutPage rollout={rollout.value} who={who.value} refused={refused} />
    </People.Provider>,
  )
}

type Read = (c: AppContext, door: Entered, form: URLSearchParams) => Promise<Result<RolloutAct>>

/** One form of the page: who may send it is the tenant's decision. `anchor`: where the reader is brought back to. */
const addForm = (app: App, path: string, read: Read, anchor: (c: AppContext) => string): void => {
  app.post(path, async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const id = c.req.param('id') ?? ''
    const form = await readForm(c, MAX_REPORT_BYTES)
    const act = await read(c, door.value, form)
    if (!act.ok) return refusedPage(c, act.refusal)
    const { tenant, caller, entry } = door.value
    const result = await tenant.actOnRollout(caller, id, act.value)
    if (result.ok) return c.redirect(`/t/${entry.slug}/rollouts/${id}${anchor(c)}`, 303)
    const { refusal } = result
    if (refusal.problem === 'unauthenticated' || refusal.problem === 'not-found')
      return refusedPage(c, refusal)
    const detail = refusal.detail ?? problems[refusal.problem].wayOut
    const refused = { action: c.req.path, form, refusal: { ...refusal, detail } }
    return showRollout(c, door.value, id, refused)
  })
}

const readTask: Read = async (c, { tenant, caller }, form) => {
  const { id = '', phase = '', task = '' } = c.req.param() as Record<string, string>
  const rollout = await tenant.readRollout(caller, id)
  if (!rollout.ok) return rollout
  const found = rollout.value.phases
    .find((candidate) => candidate.id === phase)
    ?.tasks.find((candidate) => candidate.id === task)
  return found
    ? ok({ kind: 'task', phase, task, inputs: readTaskForm(found.inputs, form) })
    : refuse('not-found')
}

const readPrerequisite: Read = async (c, _door, form) => {
  const evidence = form.get('evidence')?.trim() ?? ''
  const report = PrerequisiteReport.safeParse({
    state: form.get('state'),
    ...(evidence === '' ? {} : { evidence }),
  })
  return report.success
    ? ok({
        kind: 'prerequisite',
        prerequisite: c.req.param('prerequisite') ?? '',
        report: report.data,
      })
    : refuse('invalid-parameters', { detail: 'Evidence is one line of at most 300 characters.' })
}

export const registerRolloutPages = (app: App): void => {
  app.get(LIST, async (c) => {
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const { tenant, caller, tenantId, entry } = door.value
    const page = readPage(c, { tenantId })
    if (!page.ok) return refusedPage(c, page.refusal)
    const listed = await tenant.listRollouts(caller, page.value)
    if (!listed.ok) return refusedPage(c, listed.refusal)
    const next = nextLink(c, { tenantId }, listed.value.next)
    const { items } = listed.value
    const askers = items.map(({ requester }) => requester)
    return answerPageHtml(
      c,
      { title: `Rollouts of ${entry.slug}` },
      <People.Provider value={await handlesOf(door.value, askers)}>
        <RolloutsPage tenant={entry.slug} rollouts={items} next={next} />
      </People.Provider>,
    )
  })

  app.get(ONE, async (c) => {
    const door = await ownDoor(c)
    return door.ok
      ? showRollout(c, door.value, c.req.param('id'), null)
      : refusedPage(c, door.refusal)
  })

  app.get(`${ONE}/events`, async (c) => {
    const door = await ownDoor(c)
    return door.ok ? answerEvents(c, c.req.param('id') ?? '') : answerRefusal(c, door.refusal)
  })

  for (const order of ['pause', 'resume', 'abort'] as const) {
    const act: Read = async () => ok({ kind: 'order', order, reason: null })
    addForm(app, `${ONE}/${order}`, act, () => '')
  }
  addForm(
    app,
    `${ONE}/phases/:phase/tasks/:task`,
    readTask,
    (c) => `#phase-${c.req.param('phase')}`,
  )
  addForm(app, `${ONE}/prerequisites/:prerequisite`, readPrerequisite, () => '#prerequisites')
}
