// What people, machines and strangers do in a trace: each step tries one thing, by the product's own doors or at the forge, and
// notes in the truth what really happened.
import * as fc from 'fast-check'
import { keyNamed, prove } from '../forge-proof.ts'
import { type Asked, LOGINS, MEMBERS, type Member, pushed, type Truth } from './truth.ts'
import { presentFor } from './wallets.ts'
import { addAsked, askBySession, OFFERER, readChange, type Scene, setRoles } from './world.ts'

export interface Step {
  what: keyof typeof WEIGHTS
  who: Member
  login: string
  /** Which change, of those there are. */
  on: number
  /** Whatever the step has to choose. */
  choice: number
}
/** What became of it: of the product's doors, whether it was taken. */
export type Outcome = 'taken' | 'refused' | 'done'

const WEIGHTS = {
  approve: 16,
  review: 14,
  merge: 20,
  'merge at the forge': 8,
  'take back': 2,
  push: 3,
  'force back': 2,
  'push and force back': 4,
  link: 5,
  'link another’s': 2,
  unlink: 3,
  'give up a login': 2,
  'change roles': 4,
  remove: 1,
  revise: 3,
  'revise by a machine': 1,
  request: 1,
  reject: 1,
  cancel: 1,
  revert: 1,
  'rotate the machine’s token': 1,
  'approve by a machine': 1,
  'approve by credential': 4,
  'approve by a credential’s session': 3,
  'ask for credentials': 2,
  'revoke a credential': 1,
}

/** Rather one change often than each of them once. */
const on = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4)

const single: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    ...Object.entries(WEIGHTS).map(([what, weight]) => ({
      ...{ weight, arbitrary: fc.constant(what as Step['what']) },
    })),
  ),
  who: fc.constantFrom(...MEMBERS),
  login: fc.constantFrom(...Object.values(LOGINS)),
  on,
  choice: fc.nat(7),
})

const UNSETTLING: Step['what'][] = [
  ...(['push', 'force back', 'push and force back', 'push and force back'] as const),
  ...(['force back', 'take back', 'unlink'] as const),
  ...(['give up a login', 'change roles', 'remove', 'revise', 'revise by a machine'] as const),
]

const SECOND: Partial<Record<Member, string>> = { anton: LOGINS['anton-2'], olga: LOGINS['olga-2'] }

/** Somebody approves and somebody merges, and before or between the two something happens that may take the approval away. */
const story: fc.Arbitrary<Step[]> = fc
  .record({
    ...{ on, who: fc.constantFrom(...MEMBERS), other: fc.constantFrom(...MEMBERS) },
    approve: fc.constantFrom<Step['what']>(
      ...(['approve', 'approve', 'review', 'review', 'approve by credential'] as const),
    ),
    between: fc.option(fc.constantFrom(...UNSETTLING), { freq: 4 }),
    early: fc.boolean(),
    merge: fc.constantFrom<Step['what']>('merge', 'merge', 'merge at the forge'),
    choice: fc.nat(7),
  })
  .map(({ on, who, other, approve, between, early, merge, choice }) => {
    const own = { who, login: LOGINS[who], on, choice }
    const first = { ...own, what: approve }
    // A login is given up to somebody else; everything else in between is the approver's own doing, pushes by whichever
    // account he has.
    const pushes = /push|force/.test(between ?? '')
    const by = pushes && choice % 2 === 0 ? (SECOND[who] ?? own.login) : own.login
    const disturbing = { ...own, login: by, who: between === 'give up a login' ? other : who }
    const middle = between === null ? [] : [{ ...disturbing, what: between }]
    const last = { what: merge, who: other, login: LOGINS[other], on, choice }
    // Where the tenant's rules do not ask for a credential nobody approves by one.
    const asks = { ...own, who: OFFERER, what: 'ask for credentials' as const, choice: 0 }
    const rules = approve === 'approve by credential' ? [asks] : []
    return early ? [...rules, ...middle, first, last] : [...rules, first, ...middle, last]
  })

export const traceArbitrary: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: story },
      { weight: 3, arbitrary: single.map((step) => [step]) },
    ),
    { minLength: 3, maxLength: 7 },
  )
  .map((parts) => parts.flat())

const ROLES = [['approver'], ['requester'], ['requester', 'approver'], ['auditor'], ['owner']]

const taken = (status: number): Outcome => (status < 300 ? 'taken' : 'refused')
const pullOf = ({ world }: Scene, { number }: Asked) => world.memory.pulls[number - 1]

/** The forge tells who pushed; the order of its two deliveries is not known. */
const tellPush = async (scene: Scene, asked: Asked, login: string, choice: number) => {
  const { world } = scene
  const sender = { login, account: world.memory.accountOf(login).account }
  const ref = { pullNumber: null, pushedRef: `refs/heads/${asked.branch}`, sender }
  const pull = {
    ...{ pullNumber: asked.number, headSha: pullOf(scene, asked)?.headSha ?? null, sender },
  }
  const told = [() => world.hint('push', ref), () => world.hint('synchronize', pull)]
  // One of the two may be lost, and which comes first is not known.
  for (const tell of [[0, 1], [1, 0], [0], [1]][choice % 4] ?? []) await told[tell]?.()
}

const push = async (scene: Scene, asked: Asked, { login, choice, what }: Step) => {
  const { world, truth } = scene
  const { branches, person } = world.memory
  const head = branches.get(asked.branch)
  if (head === undefined) return
  const { commit } = await readChange(scene, asked.id)
  if (what !== 'force back') person.push(asked.branch, `by-hand-${choice}.txt`, login)
  // The hint of the first push may come before the second, or after it.
  if (what === 'push and force back' && choice > 3) await tellPush(scene, asked, login, choice)
  if (what !== 'push' && commit) person.force(asked.branch, commit.sha)
  pushed(truth, asked, login.toLowerCase())
  await tellPush(scene, asked, login, choice)
}

const review = async (scene: Scene, asked: Asked, { login, choice, what }: Step) => {
  const pull = pullOf(scene, asked)
  const human = scene.truth.owners.get(login.toLowerCase())
  if (!pull || human === undefined) return
  const by = login.toLowerCase()
  const head = pull.headSha
  if (what === 'review') {
    scene.world.memory.person.review(asked.number, login, 'approved')
    const given = { human, by, head, revision: asked.revision, takenBack: false }
    asked.approvals.push(given)
  } else {
    if (choice % 2 === 0) scene.world.memory.person.dismiss(asked.number, login)
    else scene.world.memory.person.review(asked.number, login, 'changes_requested')
    const all = choice % 2 === 0
    for (const given of asked.approvals)
      if (given.by === by && (all || given.head === head)) given.takenBack = true
  }
  await scene.world.hint('pull_request_review', { pullNumber: asked.number })
}

const link = async (scene: Scene, { who, login, what }: Step): Promise<Outcome> => {
  const { world, truth, tokens } = scene
  const name = login.toLowerCase()
  const owner = truth.owners.get(name)
  if ((what === 'link') !== (owner === who)) return 'refused'
  const { status } = await prove(world, { token: tokens[who], login, key: who })
  if (status !== 201) return 'refused'
  if (owner !== who) throw new Error(`${who} has linked the account of ${owner}`)
  const other = [...truth.links].find(([member, held]) => member !== who && held === name)
  // A stale link to a login that went to somebody else is replaced.
  if (other) truth.links.delete(other[0])
  truth.links.set(who, name)
  return 'taken'
}

/** The login is somebody else's from now on, with his key; whoever had it has it no more. */
const giveUp = ({ world, truth }: Scene, { who, login }: Step): void => {
  const name = login.toLowerCase()
  if (name === 'root' || truth.owners.get(name) === who) return
  world.memory.person.giveUp(login)
  world.memory.accountOf(login).keys.push(keyNamed(who).publicLine)
  truth.owners.set(name, who)
}

const revise = async (scene: Scene, asked: Asked, step: Step): Promise<Outcome> => {
  const { world, truth, tokens, machine } = scene
  const byMachine = step.what === 'revise by a machine'
  const token = byMachine ? machine.token : tokens[step.who]
  const memory = { value: 1 + (step.choice % 3), unit: 'GiB' }
  const body = step.choice > 4 ? {} : { parameters: { site: 'lab-01', cores: 1, memory } }
  const { status } = await world.send('POST', `/changes/${asked.id}/revisions`, { token, body })
  if (status >= 300) return 'refused'
  for (const human of byMachine ? truth.machineHolders : [step.who]) asked.askers.add(human)
  asked.revision += 1
  asked.pushers.clear()
  return 'taken'
}

const request = async (scene: Scene, { who, choice }: Step): Promise<Outcome> => {
  const { world, truth, tokens, machine } = scene
  const name = `more-${truth.asked.length}`
  const way = choice % 3
  if (way === 0) {
    const id = await askBySession(scene, name)
    if (id === null) return 'refused'
    await world.settle()
    await addAsked(scene, id, ['bea'])
    return 'taken'
  }
  const token = way === 1 ? machine.token : tokens[who]
  const { status, body } = await world.request(world.vmRequest(name), { token })
  if (status >= 300 || body.id === null) return 'refused'
  await world.settle()
  await addAsked(scene, body.id, way === 1 ? truth.machineHolders : [who])
  return 'taken'
}

const revert = async (scene: Scene, asked: Asked, { who }: Step): Promise<Outcome> => {
  const { world, tokens } = scene
  const { status, body } = await world.decide('revert', asked.id, { token: tokens[who] })
  if (status >= 300 || body.id === null) return 'refused'
  await world.settle()
  await addAsked(scene, body.id, [who])
  return 'taken'
}

const decide = async (scene: Scene, asked: Asked, { what, who }: Step): Promise<Outcome> => {
  const { world, tokens, machine } = scene
  const byMachine = what === 'approve by a machine'
  const command = byMachine || what === 'approve' ? 'approvals' : what
  const token = byMachine ? machine.token : tokens[who]
  const { status } = await world.decide(command, asked.id, { token })
  const head = pullOf(scene, asked)?.headSha ?? ''
  if (status < 300 && command === 'approvals') {
    if (byMachine) throw new Error('a machine has approved')
    const given = { human: who, by: 'api', head, revision: asked.revision, takenBack: false }
    asked.approvals.push(given)
  }
  return taken(status)
}

const mergeAtForge = async (scene: Scene, asked: Asked, { login, choice }: Step) => {
  const { memory, hint } = scene.world
  // Only administrators can go past the gate.
  const pastTheGate = login === 'root' || choice === 0
  memory.person.merge(asked.number, login, { pastTheGate })
  await hint('closed', { pullNumber: asked.number, merged: true })
}

const rotate = async (scene: Scene, { who }: Step): Promise<Outcome> => {
  const { world, truth, tokens, machine } = scene
  const { status, body } = await world.send('POST', `/tokens/${machine.tokenId}/rotate`, {
    ...{ token: tokens[who], body: { overlapSeconds: 0 } },
  })
  if (status >= 300) return 'refused'
  const minted = body as unknown as { id: string; token: string }
  scene.machine = { tokenId: minted.id, token: minted.token }
  truth.machineHolders.add(who)
  return 'taken'
}

const byCredential = async (
  { world, tokens, wallets }: Scene,
  asked: Asked,
  { who }: Step,
): Promise<Outcome> => {
  const held = wallets[who]
  const { status, body } = await world.send('POST', `/changes/${asked.id}/approval-requests`, {
    ...{ token: tokens[who], body: {} },
  })
  if (status >= 300) return 'refused'
  if (!held) throw new Error('somebody without a credential was asked for it')
  const { uri } = body as unknown as { uri: string }
  const head = world.memory.pulls[asked.number - 1]?.headSha ?? ''
  if ((await presentFor(world, uri, held)) >= 300) return 'refused'
  asked.approvals.push({
    ...{ human: who, by: 'credential', hands: [OFFERER], head },
    ...{ revision: asked.revision, takenBack: false },
  })
  return 'taken'
}

/** Olga may be the one who does it. */
const bySession = async (
  { world, antonsSession }: Scene,
  asked: Asked,
  key: string,
): Promise<Outcome> => {
  const caller = {
    ...{ kind: 'session' as const, sessionId: antonsSession.id },
    identity: antonsSession.identity,
  }
  const head = world.memory.pulls[asked.number - 1]?.headSha ?? ''
  const told = await world.tenant.approveChange(caller, asked.id, key, {})
  if (!told.ok) return 'refused'
  asked.approvals.push({
    ...{ human: 'anton', by: 'api', hands: [OFFERER], head },
    ...{ revision: asked.revision, takenBack: false },
  })
  return 'taken'
}

/** The tenant’s rules from now on; three times in four they ask for none. */
const rule = async ({ world, tokens }: Scene, { who, choice }: Step): Promise<Outcome> => {
  const settings = choice % 4 === 0 ? { approvals: [{ approvals: 1, credential: true }] } : {}
  const options = { token: tokens[who], headers: { 'if-match': '*' }, body: { settings } }
  return taken((await world.send('PATCH', '', options)).status)
}

/** Who is no owner any more may have taken what he offered. */
const endOffersOf = ({ asked }: Truth, who: Member): void => {
  for (const { approvals } of asked)
    for (const given of approvals)
      if (who === OFFERER && given.by === 'credential') given.takenBack = true
}

const revoke = async ({ world, tokens, wallets, truth }: Scene, { who, choice }: Step) => {
  const member = choice % 2 === 0 ? 'anton' : 'bea'
  const path = `/credentials/${wallets[member]?.id}/revoke`
  const outcome = taken(
    (await world.send('POST', path, { token: tokens[who], body: { reason: 'lost' } })).status,
  )
  if (outcome === 'taken')
    for (const { approvals } of truth.asked)
      for (const given of approvals)
        if (given.by === 'credential' && given.human === member) given.takenBack = true
  return outcome
}

/** Tries the step. */
export const act = async (scene: Scene, step: Step): Promise<Outcome> => {
  const { world, truth, tokens, ids } = scene
  const { what, who } = step
  const asked = truth.asked[step.on % truth.asked.length]
  if (!asked) throw new Error('a trace without changes')
  switch (what) {
    case 'push':
    case 'force back':
    case 'push and force back':
      return push(scene, asked, step).then(() => 'done')
    case 'review':
    case 'take back':
      return review(scene, asked, step).then(() => 'done')
    case 'link':
    case 'link another’s':
      return link(scene, step)
    case 'unlink': {
      const options = { token: tokens[who], headers: { 'if-match': '*' } }
      const outcome = taken((await world.send('DELETE', '/forge-accounts/me', options)).status)
      if (outcome === 'taken') truth.links.delete(who)
      return outcome
    }
    case 'give up a login':
      giveUp(scene, step)
      return 'done'
    case 'change roles': {
      const roles = ROLES[step.choice % ROLES.length] ?? []
      const outcome = taken((await setRoles(world, ids[who], roles)).status)
      if (outcome === 'taken') truth.roles.set(who, roles)
      if (outcome === 'taken' && !roles.includes('owner')) endOffersOf(truth, who)
      return outcome
    }
    case 'remove': {
      const options = { token: world.operator, headers: { 'if-match': '*' } }
      const outcome = taken((await world.send('DELETE', `/members/${ids[who]}`, options)).status)
      if (outcome === 'taken') {
        truth.active.delete(who)
        truth.links.delete(who)
        endOffersOf(truth, who)
      }
      return outcome
    }
    case 'revise':
    case 'revise by a machine':
      return revise(scene, asked, step)
    case 'request':
      return request(scene, step)
    case 'revert':
      return revert(scene, asked, step)
    case 'approve by credential':
      return byCredential(scene, asked, step)
    case 'approve by a credential’s session':
      return bySession(scene, asked, `session-${scene.now}`)
    case 'ask for credentials':
      return rule(scene, step)
    case 'revoke a credential':
      return revoke(scene, step)
    case 'merge at the forge':
      return mergeAtForge(scene, asked, step).then(() => 'done')
    case 'rotate the machine’s token':
      return rotate(scene, step)
    default:
      return decide(scene, asked, step)
  }
}
