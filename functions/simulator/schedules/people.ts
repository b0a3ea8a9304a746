// What people do: over the API, where they ask again under their key until they are answered, and on the forge, past Phoenix.

import { StaleChange } from '../../../edge-workers/actors/tenant/context.ts'
import { MAIN } from '../../../gitops/propose.ts'
import type { Review } from '../../../schemas/ports.ts'
import { LOST } from './kernel.ts'
import { putRightInstead } from './main-by-hand.ts'
import {
  type Answer,
  type ChangeShown,
  type Command,
  changesOf,
  digestNumber,
  fault,
  type Hint,
  type Scene,
  say,
} from './scene.ts'
import { chainRequest } from './stages.ts'

const OPEN = ['proposed', 'approved']

const wordsOf = ({ asked }: Command): string =>
  asked.what === 'secret' ? `${asked.operation} ${asked.input.id}` : asked.what

/** Sends it, or sends it again. */
export const send = (scene: Scene, command: Command): void => {
  const { sim, client } = scene
  command.state = 'sent'
  command.sent += 1
  const [method, input] = methodOf(scene, command)
  say(scene, () => `${command.who} sends ${wordsOf(command)} (${command.key})`)
  const { restores } = scene
  sim.call(client, 'tenant', method, input).then(
    (result) => {
      // An answer out of a database that is gone is a receipt from before the loss: its holder has begun to ask again.
      if (restores !== scene.restores) return
      take(scene, command, result as Parameters<typeof take>[2])
    },
    (error: Error) => {
      if (error.name !== LOST && !(error instanceof StaleChange))
        scene.faults.push(`illegal: ${command.asked.what} was answered by ${error.name}`)
      if (command.state === 'sent') command.state = 'waiting'
    },
  )
}

const methodOf = ({ sim }: Scene, { who, asked, key }: Command): [string, unknown[]] => {
  const caller = { kind: 'principal', principal: sim.people[who] }
  switch (asked.what) {
    case 'ask': {
      const input = { key, fingerprint: `of ${key}`, validateOnly: false, request: asked.request }
      return ['createChange', [caller, input]]
    }
    case 'approve':
      return ['approveChange', [caller, asked.id, key, {}]]
    case 'merge':
      return ['mergeChange', [caller, asked.id, key]]
    case 'reject':
      return ['rejectChange', [caller, asked.id, key, null]]
    case 'cancel':
      return ['cancelChange', [caller, asked.id, key, null]]
    case 'revert':
      return ['revertChange', [caller, asked.id, key]]
    case 'revise':
      return ['reviseChange', [caller, asked.id, key, asked.parameters]]
    case 'secret': {
      const { operation, input } = asked
      return ['call', [caller, operation, { ...input, key, fingerprint: `of ${key}` }]]
    }
  }
}

const take = (
  scene: Scene,
  command: Command,
  result: { ok: true; value: { id?: string } } | { ok: false; refusal: Omit<Answer, 'ok' | 'id'> },
): void => {
  const { key } = command
  scene.said?.push(JSON.stringify(result))
  if (result.ok) {
    const { id = null } = result.value
    if (command.answer?.ok && command.answer.id !== id)
      scene.faults.push(`doubled: ${key} was answered with two changes`)
    command.answer = { ok: true, id, problem: null }
    command.state = 'answered'
  } else if (result.refusal.problem === 'outage') {
    command.state = 'waiting'
  } else {
    const { problem, detail } = result.refusal
    // What was acknowledged stays so, whatever a late second try is told.
    if (command.answer?.ok) command.refusedAgain = problem
    else command.answer = { ok: false, id: null, problem, detail }
    command.state = 'answered'
  }
  say(scene, () => `  ${key} is answered: ${result.ok ? 'ok' : result.refusal.problem}`)
}

export const want = (
  scene: Scene,
  who: Command['who'],
  asked: Command['asked'],
  key = `key-${scene.commands.length}`,
): Command => {
  const command: Command = {
    ...{ key, who, asked, state: 'waiting', sent: 0, answer: null, refusedAgain: null },
  }
  scene.commands.push(command)
  send(scene, command)
  return command
}

/** Two of the big ones do not fit on one host together. */
const NAMES = ['web', 'db', 'big', 'bulk']
const requestFor = (scene: Scene, name: string): object => {
  const { random, sim } = scene
  if (scene.chains && random.chance(0.7)) return chainRequest(random.pick(['chain', 'side']))
  const known = changesOf(scene).some((one) => one.name === name && one.state === 'applied')
  const big = name.startsWith('b')
  const memory = { value: big ? 80 : 1 + random.below(3), unit: 'GiB' }
  const parameters = { cores: 1 + random.below(2), memory }
  return sim.world.vmRequest(name, parameters, { action: known ? 'update' : 'create' })
}

/** Something that somebody may want now. */
export const wantSomething = (scene: Scene): void => {
  const { random } = scene
  const changes = changesOf(scene)
  const asks = scene.commands.filter(({ asked }) => asked.what === 'ask').length
  const change = changes.length > 0 && !random.chance(asks < 2 ? 0.2 : 0) && random.pick(changes)
  if (!change) {
    if (asks < 3) {
      want(scene, 'rita', { what: 'ask', request: requestFor(scene, random.pick(NAMES)) })
    }
    return
  }
  wantOf(scene, change)
}

const wantOf = (scene: Scene, change: ChangeShown): void => {
  const { random } = scene
  const { id, state } = change
  const approver = random.chance(0.8) ? 'anton' : 'olga'
  const draw = random.next()
  if (state === 'approved' && draw < 0.6) want(scene, approver, { what: 'merge', id })
  else if (OPEN.includes(state) && draw < 0.6) want(scene, approver, { what: 'approve', id })
  else if (OPEN.includes(state) && draw < 0.75)
    want(scene, 'rita', { what: 'revise', id, parameters: null })
  else if (draw < 0.83) want(scene, 'rita', { what: 'cancel', id })
  else if (draw < 0.88) want(scene, 'anton', { what: 'reject', id })
  else if (draw < 0.94 && ['applied', 'promoted', 'merged_unauthorised'].includes(state))
    want(scene, 'rita', { what: 'revert', id })
  // Against all rules, which is refused.
  else want(scene, 'rita', { what: random.chance(0.5) ? 'approve' : 'merge', id })
}

export const hintOf = (hint: Partial<Hint>): Hint => ({
  ...{ bodyDigest: digestNumber(), kind: 'push', pullNumber: null, headSha: null },
  ...{ merged: false, pushedRef: null, senderIsApp: false },
  ...hint,
})

/** What the forge would tell of it. */
export const tell = (scene: Scene, hint: Partial<Hint>): void => {
  if (scene.deaf) {
    fault(scene, 'no webhook at all', 'webhook')
    return
  }
  scene.hints.push(hintOf(hint))
}

const STRANGERS = ['anton', 'rita', 'mallory', 'root']
const senderOf = (login: string) => ({ login, account: null })

/** One act of a person on the forge, about some change that has a pull request. */
export const actOnForge = (scene: Scene): void => {
  const { random, sim } = scene
  const { memory } = sim.world
  const changes = changesOf(scene)
  const withPull = changes.filter(({ pullNumber }) => pullNumber !== null)
  const open = withPull.filter(({ state }) => OPEN.includes(state))
  const change = random.pick(open.length > 0 && random.chance(0.9) ? open : withPull)
  const login = random.pick(STRANGERS)
  const sender = senderOf(login)
  const draw = random.below(100)
  if (draw < 4) {
    if (putRightInstead(scene)) return
    fault(scene, 'push to main', 'forge')
    const inside = random.chance(0.5)
    const path = inside ? 'rendered/lab/60-stray/stray.yaml' : 'NOTES.md'
    memory.person.push(MAIN, path, `by hand ${random.below(9)}\n`)
    tell(scene, { pushedRef: `refs/heads/${MAIN}`, sender })
    say(scene, () => `${login} pushes ${path} to main`)
    return
  }
  if (!change || change.pullNumber === null) return
  const { branch, pullNumber: number } = change
  const about = { pullNumber: number, sender }
  const head = memory.branches.get(branch)
  say(scene, () => `${login} acts on pull request ${number}, ${draw}`)
  if (draw >= 58) scene.excuses += 1
  if (draw < 34) {
    reviewIt(scene, change, login)
    return
  }
  if (draw < 50) {
    const merged = memory.person.merge(number, login)
    if ('merged' in merged) tell(scene, { ...about, kind: 'closed', merged: true })
    return
  }
  if (draw < 58) {
    fault(scene, 'merge past the gate', 'forge')
    const merged = memory.person.merge(number, 'root', { pastTheGate: true })
    if ('merged' in merged) tell(scene, { ...about, kind: 'closed', merged: true })
    return
  }
  if (draw < 68 && head !== undefined) {
    fault(scene, 'push', 'forge')
    const sha = memory.person.push(
      branch,
      'rendered/lab/60-web/extra.yaml',
      `x: ${random.below(9)}\n`,
    )
    tell(scene, { ...about, kind: 'synchronize', headSha: sha })
    return
  }
  if (draw < 76 && head !== undefined) {
    fault(scene, 'forced push', 'forge')
    const parents = memory.commit(head).parents
    const back = random.chance(0.6) && change.commitSha !== null ? change.commitSha : parents[0]
    if (back !== undefined) memory.person.force(branch, back)
    tell(scene, { pushedRef: `refs/heads/${branch}`, sender })
    return
  }
  if (draw < 82) {
    fault(scene, 'branch deleted', 'forge')
    memory.person.drop(branch)
    tell(scene, { ...about, kind: 'closed' })
    return
  }
  if (draw < 88) {
    fault(scene, 'pull request closed', 'forge')
    memory.person.close(number)
    tell(scene, { ...about, kind: 'closed' })
    return
  }
  fault(scene, 'body edited', 'forge')
  memory.person.edit(number, 'Nothing to see here\n')
  tell(scene, { ...about, kind: 'edited' })
}

const reviewIt = (scene: Scene, { pullNumber }: ChangeShown, login: string): void => {
  const { random, sim } = scene
  const { memory } = sim.world
  if (pullNumber === null) return
  const said: Review['state'][] = [
    'approved',
    'approved',
    'approved',
    'changes_requested',
    'commented',
  ]
  if (random.chance(0.2)) {
    fault(scene, 'review taken back', 'forge')
    memory.person.dismiss(pullNumber, login)
  } else memory.person.review(pullNumber, login, random.pick(said))
  tell(scene, { pullNumber, kind: 'pull_request_review', sender: senderOf(login) })
}
