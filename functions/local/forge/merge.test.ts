import { expect, test } from 'vitest'
import { GHOST } from './accounts.ts'
import { gitText } from './git/run.ts'
import { mayMerge } from './rules.ts'
import { AT, bareOf, commitOver, openForge, postGate, propose, refusal, tip } from './testing.ts'

const merge = (
  forge: Awaited<ReturnType<typeof openForge>>,
  number: number,
  login: string,
  sha?: string,
) => forge.as(login).pulls.merge({ ...AT, pull_number: number, ...(sha ? { sha } : {}) })

test('a green gate on the head lets a merge through, with two parents and both sides', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b', { 'b.yaml': 'b: 1\n' })
  // The base moves on in between, so that this is a real three-way merge.
  const other = await commitOver(forge, { files: { 'other.yaml': 'o: 1\n' } })
  await forge.as('rosa').git.updateRef({ ...AT, ref: 'heads/main', sha: other.sha })
  await postGate(forge, headSha, 'success')
  const { data } = await merge(forge, number, 'ada', headSha)
  expect(await tip(forge, 'main')).toBe(data.sha)
  const { repos, pulls } = forge.as(null)
  const commit = await repos.getCommit({ ...AT, ref: data.sha })
  expect(commit.data.parents.map(({ sha }) => sha)).toEqual([other.sha, headSha])
  const names = await gitText(bareOf(forge), ['ls-tree', '-r', '--name-only', 'main'])
  expect(names.split('\n')).toEqual(expect.arrayContaining(['b.yaml', 'other.yaml']))
  const pull = await pulls.get({ ...AT, pull_number: number })
  expect(pull.data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: data.sha })
  expect(pull.data.merged_by?.login).toBe('ada')
  const files = await pulls.listFiles({ ...AT, pull_number: number })
  expect(files.data.map(({ filename }) => filename)).toEqual(['b.yaml'])
  expect((await refusal(merge(forge, number, 'ada'))).status).toBe(405)
})

test('without a gate, with a red one, and with one on another commit, nothing merges', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const main = await tip(forge, 'main')
  const refused = async () => {
    for (const login of ['ada', 'phoenix[bot]']) {
      const { status, message } = await refusal(merge(forge, number, login, headSha))
      expect(status).toBe(405)
      expect(message).toContain('phoenix/gate')
    }
  }
  await refused()
  await postGate(forge, main, 'success')
  await refused()
  await postGate(forge, headSha, 'success')
  await postGate(forge, headSha, 'failure')
  await refused()
  const { data } = await forge.as(null).pulls.get({ ...AT, pull_number: number })
  expect(data.mergeable_state).toBe('blocked')
  expect(await tip(forge, 'main')).toBe(main)
})

test('another check of the App is not the gate, and a person posts no check at all', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  for (const login of ['ada', 'rosa', 'eve'])
    expect((await refusal(postGate(forge, headSha, 'success', login))).status).toBe(403)
  await forge
    .as('phoenix[bot]')
    .checks.create({ ...AT, name: 'lint', head_sha: headSha, conclusion: 'success' })
  expect((await refusal(merge(forge, number, 'ada'))).status).toBe(405)
})

test('a push after the gate turned green leaves nothing green', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  await postGate(forge, headSha, 'success')
  const next = await commitOver(forge, { base: 'b', files: { extra: '1' } })
  await forge.as('ada').git.updateRef({ ...AT, ref: 'heads/b', sha: next.sha })
  expect((await refusal(merge(forge, number, 'ada', headSha))).status).toBe(409)
  expect((await refusal(merge(forge, number, 'ada', next.sha))).status).toBe(405)
})

test('an administrator merges past the gate, and that is recorded', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const { data } = await merge(forge, number, 'rosa', headSha)
  const pull = await forge.as(null).pulls.get({ ...AT, pull_number: number })
  expect(pull.data).toMatchObject({ merged: true, merge_commit_sha: data.sha })
  expect(pull.data.merged_by?.login).toBe('rosa')
  const page = await (await fetch(`${forge.url}/dbis/gitops`)).text()
  expect(page).toContain(`rosa merged #${number} past the gate`)
})

test('a conflict does not merge, whoever asks', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b', { 'rendered/one.yaml': 'a: 2\n' })
  const other = await commitOver(forge, { files: { 'rendered/one.yaml': 'a: 3\n' } })
  await forge.as('rosa').git.updateRef({ ...AT, ref: 'heads/main', sha: other.sha })
  await postGate(forge, headSha, 'success')
  for (const login of ['ada', 'rosa'])
    expect((await refusal(merge(forge, number, login))).status).toBe(405)
  const { data } = await forge.as(null).pulls.get({ ...AT, pull_number: number })
  expect(data).toMatchObject({ mergeable: false, mergeable_state: 'dirty' })
  expect(await tip(forge, 'main')).toBe(other.sha)
})

test('two merges at once: both land, one after the other', async () => {
  const forge = await openForge()
  const both = [await propose(forge, 'b1'), await propose(forge, 'b2')]
  for (const { headSha } of both) await postGate(forge, headSha, 'success')
  await Promise.all(both.map(({ number, headSha }) => merge(forge, number, 'ada', headSha)))
  const names = await gitText(bareOf(forge), ['ls-tree', '-r', '--name-only', 'main'])
  expect(names).toContain('changes/b1.json')
  expect(names).toContain('changes/b2.json')
})

test('an accident of order cannot open the gate: only the App can, and only live is the App’s', () => {
  const writer = { ...GHOST, kind: 'write' as const }
  const red = { context: 'phoenix/gate', state: 'red' as const }
  const green = { context: 'phoenix/gate', state: 'green' as const }
  expect(mayMerge(writer, 'main', red).allowed).toBe(false)
  expect(mayMerge(writer, 'main', green).allowed).toBe(true)
  expect(mayMerge(writer, 'live', green).allowed).toBe(false)
  expect(mayMerge(GHOST, 'main', green).allowed).toBe(false)
})
