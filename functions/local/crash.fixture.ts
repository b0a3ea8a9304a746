// Kill -9 of everything at once, in the middle of proposing: the launcher, workerd, the forge and the Functions host are one
// process group. Started again on the same folder and ports, whatever was acknowledged is there and is finished exactly once.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import { ChangeView } from '../../schemas/change.ts'
import type { LocalFile } from './laptop.ts'
import { choosePorts } from './ports.ts'
import { caller, changesOf, expectStatus, forgeOf, runGit, until } from './story-client.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
let folder: string
let home: string
let port: number
let running: ChildProcess | null = null

/** Call it in the test's file. */
export const prepareFolder = (): void => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phoenix-crash-'))
    home = join(folder, 'home')
    port = await threeFreePorts()
  })
  afterEach(async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  })
}

/** Below the range from which systems give out ports by themselves, so that they are still free after a crash. */
const threeFreePorts = (): Promise<number> =>
  until('three free ports', async () => {
    const base = 20_000 + 3 * Math.floor(Math.random() * 3_000)
    return choosePorts(String(base)).then(
      () => base,
      () => null,
    )
  })

/** What `npm start` runs, as the leader of a process group of its own. */
const start = async (): Promise<LocalFile> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PHOENIX_HOME: home, PORT: String(port) },
  })
  running = child
  process.once('exit', killNow)
  let said = ''
  child.stderr?.on('data', (text) => {
    said += text
  })
  return until(
    'a laptop that is up',
    async () => {
      if (child.exitCode !== null) throw new Error(`ended while starting: ${said}`)
      const text = await readFile(join(home, 'local.json'), 'utf8').catch(() => '{}')
      // What an earlier run left there names another process.
      const local: LocalFile | null = text.endsWith('\n') ? JSON.parse(text) : null
      if (local === null || local.pid !== child.pid) return null
      const answer = await fetch(`${local.url}/healthz`).catch(() => null)
      return answer?.ok ? local : null
    },
    { within: 60_000, seen: () => said },
  )
}

/** The whole group at once. */
const killNow = (): void => {
  if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, 'SIGKILL')
}

const kill = async (): Promise<void> => {
  const gone = running && running.exitCode === null ? once(running, 'exit') : null
  killNow()
  await gone
  running = null
  process.off('exit', killNow)
}

const machine = (name: string) => ({
  action: 'create',
  template: 'virtual-machine',
  name,
  parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})

/**
 * @param moments when the knife falls, in milliseconds after an acknowledgement; what an earlier round left is worked off at the
 * same time.
 */
export const surviveKills = async (
  moments: readonly number[],
): Promise<{ acknowledged: number; unanswered: number }> => {
  /** By name: what was promised, and what was asked without an answer. */
  const promised = new Map<string, ChangeView>()
  const asked: string[] = []
  const request = async (local: LocalFile, name: string): Promise<ChangeView> =>
    expectStatus(
      await caller(local.url, local.tokens.requester)('POST', '/v1/tenants/dbis/changes', {
        body: machine(name),
        key: `crash-${name}`,
      }),
      202,
      ChangeView,
    )

  for (const [round, moment] of moments.entries()) {
    const local = await start()
    const name = `acked-${round}`
    promised.set(name, await request(local, name))
    // On its way when the knife falls: its answer may or may not arrive.
    const unsure = `unsure-${round}`
    asked.push(unsure)
    const answer = request(local, unsure).then(
      (change) => void promised.set(unsure, change),
      () => {},
    )
    await delay(moment)
    await kill()
    await answer
  }
  // Else nothing was interrupted, and the rest proves nothing.
  const bare = join(home, 'forge/repositories/dbis/infrastructure.git')
  const refs = await runGit(bare, 'for-each-ref', '--format=%(refname)', 'refs/heads/phoenix')
  expect(refs.split('\n').length).toBeLessThan(promised.size)

  const local = await start()
  const changes = changesOf(caller(local.url, local.tokens.auditor), local.tenant)
  const listed = (await changes.list()).map(({ id }) => id)
  for (const { id } of promised.values()) expect(listed).toContain(id)
  const unanswered = asked.filter((name) => !promised.has(name)).length
  // A client that heard nothing asks again under the same key.
  for (const name of asked) {
    const again = await request(local, name)
    expect(again.id).toBe(promised.get(name)?.id ?? again.id)
    promised.set(name, again)
  }

  const forge = forgeOf(local, local.forgeTokens.administrator)
  for (const { id, receipt, name } of promised.values()) {
    const change = await changes.when(
      String(id),
      'a red gate',
      ({ state, gate }) => state === 'proposed' && gate.state === 'red',
    )
    const again = await request(local, name)
    expect([again.id, again.receipt]).toEqual([id, receipt])
    const { branch, number, headSha } = change.pullRequest ?? { branch: '' }
    expect(await forge.tip(branch)).toBe(change.commit?.sha)
    expect(headSha).toBe(change.commit?.sha)
    expect(await forge.gate(change.commit?.sha ?? '')).toBe('failure')
    const pulls = (await forge.pulls()).filter(({ head }) => head.ref === branch)
    expect(pulls.map((pull) => [pull.number, pull.state])).toEqual([[number, 'open']])
  }
  expect(await changes.list()).toHaveLength(2 * moments.length)
  expect(await forge.pulls()).toHaveLength(2 * moments.length)

  await runGit(folder, 'clone', '--quiet', '--mirror', local.cloneUrl, 'mirror')
  const mirror = join(folder, 'mirror')
  const log = await runGit(mirror, 'log', '--branches', '--not', 'main', '--format=%P %s')
  const lines = log.split('\n').sort()
  const main = await forge.tip('main')
  expect(lines).toEqual(
    [...promised.keys()].map((name) => `${main} Create virtual-machine ${name}`).sort(),
  )
  expect(await runGit(mirror, 'fsck', '--no-progress', '--strict')).toBe('')
  return { acknowledged: promised.size - unanswered, unanswered }
}
