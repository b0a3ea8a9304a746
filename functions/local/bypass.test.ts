// An administrator of the forge who goes around the gate, with bytes that nobody planned. None of them may reach `live`,
// not even together with a lawful revert: that undoes the plan, not what was pushed onto it.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ChangeView } from '../../schemas/change.ts'
import {
  caller,
  changesOf,
  expectStatus,
  forgeOf,
  type RunningLaptop,
  runGit,
  type Send,
  startTestLaptop,
} from './story-client.ts'

const STRAY = 'rendered/loc-mgmt/10-tenant/configmap-stray.yaml'

let laptop: RunningLaptop
let rita: Send
let anton: Send
let changes: ReturnType<typeof changesOf>
let administrator: ReturnType<typeof forgeOf>
let clone: string

beforeAll(async () => {
  laptop = await startTestLaptop()
  const { url, tokens, forgeTokens, tenant, cloneUrl } = laptop.local
  rita = caller(url, tokens.requester)
  anton = caller(url, tokens.approver)
  changes = changesOf(caller(url, tokens.auditor), tenant)
  administrator = forgeOf(laptop.local, forgeTokens.administrator)
  clone = join(laptop.folder, 'clone')
  const remote = cloneUrl.replace('//', `//forge-admin:${forgeTokens.administrator}@`)
  await runGit(laptop.folder, 'clone', '--quiet', remote, 'clone')
})
afterAll(() => laptop?.stop())

const machine = (name: string) => ({
  action: 'create',
  template: 'virtual-machine',
  name,
  parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})
const gated = async (path: string, body: unknown, key: string): Promise<ChangeView> => {
  const { id } = expectStatus(await rita('POST', path, { body, key }), 202, ChangeView)
  return changes.when(
    String(id),
    'a red gate',
    ({ state, gate }) => state === 'proposed' && gate.state === 'red',
  )
}
const decide = (who: Send, { id }: ChangeView, what: string) =>
  who('POST', `${changes.root}/${id}/${what}`, { key: crypto.randomUUID() })
const filesOnLive = async (): Promise<string[]> => {
  await runGit(clone, 'fetch', '--quiet', 'origin', 'live')
  return (await runGit(clone, 'ls-tree', '-r', '--name-only', 'FETCH_HEAD')).split('\n')
}

it('cannot slip a file under a change and its revert', async () => {
  const change = await gated(changes.root, machine('rogue'), 'bypass-rogue')
  const { branch = '', number = 0 } = change.pullRequest ?? {}
  await runGit(clone, 'fetch', '--quiet', 'origin', branch)
  await runGit(clone, 'checkout', '--quiet', 'FETCH_HEAD')
  await writeFile(join(clone, STRAY), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stray}\n')
  await runGit(clone, 'add', STRAY)
  await runGit(clone, 'commit', '--quiet', '-m', 'By hand')
  await runGit(clone, 'push', '--quiet', 'origin', `HEAD:${branch}`)
  expect((await administrator.merge(number)).status).toBe(200)
  await changes.when(
    String(change.id),
    'unauthorised',
    ({ state }) => state === 'merged_unauthorised',
  )
  const revert = await gated(`${changes.root}/${change.id}/revert`, {}, 'bypass-revert')
  expectStatus(await decide(anton, revert, 'approvals'), 201, ChangeView)
  expectStatus(await decide(anton, revert, 'merge'), 200, ChangeView)
  const after = await changes.when(
    String(revert.id),
    'promoted or waiting with a reason',
    ({ state, reason }) => state === 'applied' || reason !== null,
  )
  expect(await filesOnLive()).not.toContain(STRAY)
  expect(after.state).toBe('merged')
})
