import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startForge } from './forge.ts'
import { gitText } from './git/run.ts'
import * as testing from './testing.ts'

const { ACCOUNTS, AT, bareOf, openForge, postGate, propose, receiveHooks, temporaryFolder, tip } =
  testing

test('pull requests, checks and reviews are there after a restart', async () => {
  const home = await temporaryFolder()
  const first = await openForge({ home })
  const { number, headSha } = await propose(first, 'b')
  await postGate(first, headSha, 'success')
  await first.as('ada').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  await first.close()

  const second = await openForge({ home })
  const { pulls, checks } = second.as('ada')
  expect((await pulls.get({ ...AT, pull_number: number })).data.head.sha).toBe(headSha)
  expect((await pulls.listReviews({ ...AT, pull_number: number })).data).toHaveLength(1)
  const runs = await checks.listForRef({ ...AT, ref: headSha, check_name: 'phoenix/gate' })
  expect(runs.data).toMatchObject({ total_count: 1, check_runs: [{ conclusion: 'success' }] })
  await pulls.merge({ ...AT, pull_number: number, sha: headSha })
})

test('making a repository again changes nothing', async () => {
  const home = await temporaryFolder()
  const first = await openForge({ home })
  await first.as('phoenix[bot]').git.createRef({
    ...{ ...AT, ref: 'refs/heads/b', sha: await tip(first, 'main') },
  })
  const before = await gitText(bareOf(first), ['for-each-ref'])
  await first.close()
  const second = await openForge({ home })
  expect(await gitText(bareOf(second), ['for-each-ref'])).toBe(before)
})

test('a move that a crash kept from being recorded is recorded at the next start', async () => {
  const home = await temporaryFolder()
  const first = await openForge({ home })
  const { number, headSha } = await propose(first, 'b')
  await propose(first, 'gone')
  await first.close()
  // What a crash between Git and the record leaves: the reference has moved, nothing else knows.
  const tree = await gitText(bareOf(first), ['rev-parse', 'main^{tree}'])
  const who = 'Ada <ada@example.org> 0 +0000'
  const moved = await gitText(bareOf(first), ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `tree ${tree}\nparent ${headSha}\nauthor ${who}\ncommitter ${who}\n\nx\n`,
  })
  await gitText(bareOf(first), ['update-ref', 'refs/heads/b', moved])
  await gitText(bareOf(first), ['update-ref', '-d', 'refs/heads/gone'])
  await writeFile(join(bareOf(first), 'refs/heads/b.lock'), '')

  const hooks = await receiveHooks()
  const second = await openForge({ home, webhook: { url: hooks.url, secret: 's' } })
  const { data } = await second.as(null).pulls.get({ ...AT, pull_number: number })
  expect(data.head.sha).toBe(moved)
  await hooks.next('pull_request', 'synchronize')
  await hooks.next('pull_request', 'closed')
  await second.as('ada').git.deleteRef({ ...AT, ref: 'heads/b' })
})

test('a merge that a crash kept from being recorded keeps the name of who merged', async () => {
  const home = await temporaryFolder()
  const first = await openForge({ home })
  const { number, headSha } = await propose(first, 'b')
  await postGate(first, headSha, 'success')
  const before = await tip(first, 'main')
  const merged = await first.as('ada').pulls.merge({ ...AT, pull_number: number })
  await first.close()
  const database = new DatabaseSync(join(home, 'forge.sqlite'))
  database.exec(`UPDATE pulls SET state = 'open', mergedAt = NULL, mergeSha = NULL, mergedBy = NULL,
    closedAt = NULL, pendingSha = '${merged.data.sha}', pendingBy = 'ada';
    UPDATE refs SET sha = '${before}' WHERE name = 'refs/heads/main'`)
  database.close()

  const second = await openForge({ home })
  const { data } = await second.as(null).pulls.get({ ...AT, pull_number: number })
  expect(data).toMatchObject({ merged: true, merge_commit_sha: merged.data.sha })
  expect(data.merged_by?.login).toBe('ada')
})

test('a taken port is named by the error, and the folder can be used at once', async () => {
  const forge = await openForge()
  const port = Number(new URL(forge.url).port)
  const home = await temporaryFolder()
  const attempt = startForge({ home, port, accounts: ACCOUNTS })
  await expect(attempt).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  await openForge({ home })
})

test('two accounts cannot share a token or a name', async () => {
  const home = await temporaryFolder()
  const [app, rosa] = ACCOUNTS
  if (!app || !rosa) throw new Error('the accounts of the tests are missing')
  for (const accounts of [
    [app, { ...rosa, token: app.token }],
    [app, { ...rosa, login: app.login.toUpperCase() }],
    [{ ...app, token: '' }],
  ])
    await expect(startForge({ home, accounts })).rejects.toThrow('account')
})
