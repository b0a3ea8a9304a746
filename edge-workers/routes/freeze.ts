// /v1/freeze: operators stop every promotion of `live` at once; lifting it needs several of them.
// One operator freezes. It ends with the votes of LIFTS_NEEDED different operators, or of as many as there were when it began. The
// installation's root credential counts as one operator: whoever holds it could make operators anyway, and without it a single
// operator would be locked out for good. Who became an operator only after the freeze began has no vote, unless so many of the
// others have left that it could never end: then those vote who have been operators for a day, which everybody can see coming.
// Two votes that one person could have given, by a credential that he made or offered to another, are not two.
import { FreezeView, SetFreeze } from '../../schemas/freeze.ts'
import { isOperator, type Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { Versioned } from '../actors/contracts.ts'
import { votersOf } from '../actors/directory/freeze.ts'
import type { FreezeInput } from '../actors/directory/freeze-contracts.ts'
import { directoryStub } from '../actors/stubs.ts'
import { platformDoor } from '../auth/door.ts'
import type { Env } from '../env.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'

const TAG = 'Freeze'
const PATH = '/v1/freeze'
const view = { schema: FreezeView, name: 'Freeze' }
const ONE_OF_THEM = 'operator'
const NEWCOMER_MILLISECONDS = 86_400_000

/** Which of them it was is the operators' own business. */
const without = ({ by, lifts, ...shown }: FreezeView): FreezeView => ({
  ...shown,
  by: by === null ? null : ONE_OF_THEM,
  lifts: lifts.map(({ at }) => ({ by: ONE_OF_THEM, at })),
})

/** The freeze as it is now, and who may vote on it. */
const freezeNow = async (env: Env): Promise<{ read: Versioned<FreezeView>; voters: string[] }> => {
  const directory = directoryStub(env)
  const { value } = await directory.readFreeze(null)
  const voters = await votersNow(env, value)
  return { read: await directory.readFreeze(voters), voters }
}

/** The root credential votes besides them. */
const votersNow = async (env: Env, { since, liftsNeeded }: FreezeView): Promise<string[]> => {
  const now = Date.now()
  const then = since === null ? now : Date.parse(since)
  const voters = await votersOf(env, new Date(then).toISOString())
  const aDayAgo = now - NEWCOMER_MILLISECONDS
  if (1 + voters.length >= liftsNeeded || aDayAgo <= then) return voters
  return votersOf(env, new Date(aDayAgo).toISOString())
}

/** One operator's brake. It works also where nobody can say who the operators are. */
export const setFreezeFor = async (
  env: Env,
  { subject: by }: Principal,
  asked: Omit<FreezeInput, 'by' | 'voters'>,
): Promise<Result<null>> => {
  const voters = await votersOf(env, new Date().toISOString()).catch(() => null)
  return directoryStub(env).setFreeze({ ...asked, by, voters })
}

/** One operator's vote. `ifVersion`: the version of what he has read. */
export const voteToLift = async (
  env: Env,
  who: Principal,
  ifVersion: number | '*',
): Promise<Result<Versioned<FreezeView>>> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people lift a freeze.' })
  const { voters } = await freezeNow(env)
  const { subject: by, behind } = who
  const lifted = await directoryStub(env).liftFreeze({ by, behind, voters, ifVersion })
  return lifted.ok ? ok((await freezeNow(env)).read) : lifted
}

/** As much of it as the reader may see. */
export const readFreezeFor = async (env: Env, who: Principal): Promise<Versioned<FreezeView>> => {
  // The brake answers also where the operators' own tenant does not.
  const { value, version } = await freezeNow(env).then(
    (now) => now.read,
    () => directoryStub(env).readFreeze(null),
  )
  return { value: isOperator(who) ? value : without(value), version }
}

const show = async (c: AppContext, who: Principal): Promise<Response> =>
  answerVersioned(c, ok(await readFreezeFor(c.env, who)))

export const registerFreezeRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: PATH,
      summary: 'Is every promotion frozen?',
      description:
        'Why changes that are merged wait. Merging, approving and asking go on while a freeze is on; `live` of no repository moves.',
      tag: TAG,
      action: 'catalogue.read',
      who: 'who froze and who voted: operators',
      answers: { 200: { text: 'The freeze, or that there is none.', ...view } },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      return who.ok ? show(c, who.value) : answerRefusal(c, who.refusal)
    },
  )

  addRoute(
    app,
    {
      method: 'put',
      path: PATH,
      summary: 'Freeze every promotion',
      description:
        'At once, for every tenant. Where a freeze is on already it stays as it is and is answered. A key freezes once: repeated after the freeze was lifted it answers that nothing is frozen.',
      tag: TAG,
      action: 'freeze.set',
      idempotencyKey: true,
      body: SetFreeze,
      bodyName: 'SetFreeze',
      answers: { 200: { text: 'The freeze that is on.', ...view } },
    },
    async (c) => {
      const who = await platformDoor(c, 'freeze.set')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const asked = await readKeyed(c, SetFreeze, 'PUT freeze')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const set = await setFreezeFor(c.env, who.value, asked.value)
      return set.ok ? show(c, who.value) : answerRefusal(c, set.refusal)
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: PATH,
      summary: 'Vote to lift the freeze',
      description:
        'One vote. The freeze ends when two different operators have voted, or the only one there was when it began; the installation’s root credential counts as one of them, and who became an operator after the freeze began does not vote, unless too few of the others are left: then a day later. Two votes that one person could have given, by a credential that he made for another operator, are not two: the second is refused. Waiting promotions go on within five minutes.',
      tag: TAG,
      action: 'freeze.lift',
      ifMatch: true,
      answers: {
        200: { text: 'The freeze with the votes so far, or that there is none.', ...view },
      },
      problems: ['separation-of-duties'],
    },
    async (c) => {
      const who = await platformDoor(c, 'freeze.lift')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      return answerVersioned(c, await voteToLift(c.env, who.value, version.value))
    },
  )
}
