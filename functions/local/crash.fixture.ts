// Kill -9 of everything under load: whatever was acknowledged is there and is finished exactly once, whether the knife falls into a
// request, an approval, a merge, or between a merge and the cluster.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import type { ChangeView } from '../../schemas/change.ts'
import {
  atLeast,
  type Command,
  clientsOf,
  type Event,
  type Life,
  lifeOf,
} from './crash-load.fixture.ts'
import { crashFolder, kill, prepareFolder, start } from './crash-process.fixture.ts'
import type { LocalFile } from './laptop.ts'
import { caller, forgeOf, runGit, until } from './story-client.ts'

export { prepareFolder }

/** So many milliseconds after such a thing has begun. */
export interface Knife {
  after: Event
  milliseconds: number
}
/** When nothing of the kind comes, it falls all the same. */
const EVENT_WITHIN_MILLISECONDS = 10_000

export interface Survived {
  /** Commands without an answer, of each kind. */
  unanswered: Record<Command, number>
  /** Kills while a change was on its way from its merge to the cluster. */
  between: number
  acknowledged: number
  applied: number
}

const RANKS = ['accepted', 'proposed', 'approved', 'merged', 'promoted', 'applying', 'applied']
const isAsFar = (state: string, heard: Life['heard']): boolean =>
  RANKS.indexOf(state) >= { asked: -1, promised: 0, approved: 2, merged: 3 }[heard]

/** One round: started, worked with, and killed in the middle of it. */
const strike = async (lives: Life[], knife: Knife, survived: Survived): Promise<void> => {
  const local = await start()
  let reached = () => {}
  const struck = new Promise<void>((resolve) => {
    reached = resolve
  })
  const clients = clientsOf(local, lives, (event) => {
    if (event === knife.after) reached()
  })
  const [first, second] = [lifeOf(lives.length), lifeOf(lives.length + 1)]
  lives.push(first, second)
  await clients.request(first)
  const working = clients.work()
  await Promise.race([struck, delay(EVENT_WITHIN_MILLISECONDS)])
  // On its way when the knife falls: its answer may or may not arrive.
  const unsure = clients.request(second).catch(() => {})
  await delay(knife.milliseconds)
  survived.between += clients.isBetween() ? 1 : 0
  await kill()
  await Promise.all([working, unsure])
  for (const [command, count] of Object.entries(clients.unanswered))
    survived.unanswered[command as Command] += count
}

/** Nothing that was acknowledged is further back than it was said to be. */
const expectKept = async (local: LocalFile, lives: Life[]): Promise<void> => {
  const all = await clientsOf(local, lives).readAll()
  for (const { name, heard, change } of lives) {
    const state = all.get(String(change?.id))?.state ?? 'lost'
    if (heard !== 'asked') expect([name, heard, state, isAsFar(state, heard)]).toContain(true)
  }
}

const finish = async (local: LocalFile, lives: Life[]): Promise<void> => {
  const { request, pass, changes } = clientsOf(local, lives)
  // A client that heard nothing asks again under the same key.
  for (const life of lives) await request(life)
  for (const { change, wanted } of lives)
    await changes.when(String(change?.id), `what is ${wanted}`, ({ state }) => state !== 'accepted')
  for (const command of ['approvals', 'merge'] as const)
    await until(`nothing to do for ${command}`, async () => (await pass(command)) || null, {
      within: 60_000,
    })
}

interface Verifier {
  verifyBundle: (bytes: Uint8Array, pins: unknown) => string[]
  readKeys: (given: string) => unknown
}
const VERIFIER = pathToFileURL(join(import.meta.dirname, '../cli/verify-log.mjs')).href

/** By the stand-alone verifier, with both parties' keys, as soon as the platform's log has it. */
const expectLogged = async (local: LocalFile, ids: string[]): Promise<void> => {
  const { verifyBundle, readKeys } = (await import(VERIFIER)) as Verifier
  const auditor = caller(local.url, local.tokens.auditor)
  const pins = readKeys(JSON.stringify((await auditor('GET', '/v1/log/keys')).body))
  for (const id of ids) {
    let said = ''
    await until(
      `a bundle of ${id} that holds`,
      async () => {
        const { body } = await auditor('GET', `/v1/tenants/dbis/log/bundle?subject=${id}`)
        try {
          return verifyBundle(Buffer.from(JSON.stringify(body)), pins)
        } catch (error) {
          said = `${error}`
          return null
        }
      },
      { within: 60_000, seen: () => said },
    )
  }
}

/** What is asked for stays red, what is approved green, and what was merged is applied; each in its one pull request. */
const expectDone = async (local: LocalFile, lives: Life[], mirror: string): Promise<void> => {
  const { changes } = clientsOf(local, lives)
  const forge = forgeOf(local, local.forgeTokens.administrator)
  const wanted = {
    promised: { state: 'proposed', gate: 'red', check: 'failure', pull: 'open' },
    approved: { state: 'approved', gate: 'green', check: 'success', pull: 'open' },
    merged: { state: 'applied', gate: 'green', check: 'success', pull: 'closed' },
  }
  const applied: string[] = []
  const done: { life: Life; change: ChangeView }[] = []
  for (const life of lives) {
    const to = wanted[life.wanted as keyof typeof wanted]
    const fits = ({ state, gate }: { state: string; gate: { state: string } }) =>
      state === to.state && (to.pull === 'closed' || gate.state === to.gate)
    const change = await changes.when(String(life.change?.id), `${life.name} ${to.state}`, fits)
    done.push({ life, change })
  }
  const pulls = await forge.pulls()
  expect(pulls).toHaveLength(lives.length)
  for (const { life, change } of done) {
    const to = wanted[life.wanted as keyof typeof wanted]
    const { branch, number, headSha } = change.pullRequest ?? { branch: '' }
    expect(headSha).toBe(change.commit?.sha)
    expect(await forge.gate(headSha ?? '')).toBe(to.check)
    const merged = to.pull === 'closed'
    const told = pulls
      .filter(({ head }) => head.ref === branch)
      .map((pull) => [pull.number, pull.state, pull.merged_at !== null])
    expect(told).toEqual([[number, to.pull, merged]])
    if (merged) applied.push(String(change.mergeSha))
  }
  expect(await changes.list()).toHaveLength(lives.length)

  await runGit(crashFolder(), 'clone', '--quiet', '--mirror', local.cloneUrl, mirror)
  const git = (...args: string[]) => runGit(mirror, ...args)
  const lines = async (...args: string[]) => (await git(...args)).split('\n').filter(Boolean)
  // One commit and, where it is merged, one merge of each; `live` has all of them and nothing else. What an attempt left over an older
  // base is gone on from without force: its second commit stands on both, and is no step of `live`.
  const first = (await lines('rev-list', '--max-parents=0', 'main'))[0] ?? ''
  const own = await lines('log', '--all', '--no-merges', '--format=%s', '--not', first)
  expect(own.sort()).toEqual(lives.map(({ name }) => `Create virtual-machine ${name}`).sort())
  const merges = await lines('rev-list', '--first-parent', `${first}..live`)
  expect(merges.sort()).toEqual(applied.sort())
  expect(await git('rev-parse', 'live')).toBe(await git('rev-parse', 'main'))
  expect(await git('fsck', '--no-progress', '--strict')).toBe('')
  await expectLogged(
    local,
    lives.map(({ change }) => String(change?.id)),
  )
}

export const surviveKills = async (knives: readonly Knife[]): Promise<Survived> => {
  const lives: Life[] = []
  const survived: Survived = {
    ...{ unanswered: { request: 0, approvals: 0, merge: 0 }, between: 0 },
    ...{ acknowledged: 0, applied: 0 },
  }
  for (const knife of knives) await strike(lives, knife, survived)
  survived.acknowledged = lives.filter(({ heard }) => atLeast(heard, 'promised')).length
  const local = await start()
  await expectKept(local, lives)
  await finish(local, lives)
  await expectDone(local, lives, join(crashFolder(), 'mirror'))
  survived.applied = lives.filter(({ wanted }) => wanted === 'merged').length
  return survived
}
