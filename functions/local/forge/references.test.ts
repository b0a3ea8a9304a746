import { expect, test } from 'vitest'
import { AT, commitOver, openForge, refusal, tip } from './testing.ts'

test('a branch is created once; the second time says that it exists', async () => {
  const forge = await openForge()
  const { git } = forge.as('phoenix[bot]')
  const { sha } = await commitOver(forge, { files: { a: '1' } })
  const input = { ...AT, ref: 'refs/heads/phoenix/dbis/chg_1', sha }
  await git.createRef(input)
  const again = await refusal(git.createRef(input))
  expect(again.status).toBe(422)
  expect(again.message).toContain('Reference already exists')
  // Octokit sends the slashes of a name as %2F.
  const { data } = await git.getRef({ ...AT, ref: 'heads/phoenix/dbis/chg_1' })
  expect(data.object).toMatchObject({ sha, type: 'commit' })
  const matching = await git.listMatchingRefs({ ...AT, ref: 'heads/phoenix/' })
  expect(matching.data.map(({ ref }) => ref)).toEqual(['refs/heads/phoenix/dbis/chg_1'])
})

test('a branch moves forward freely and backward only by force', async () => {
  const forge = await openForge()
  const { git } = forge.as('ada')
  const { sha } = await commitOver(forge, { files: { a: '1' } })
  const main = await tip(forge, 'main')
  await git.createRef({ ...AT, ref: 'refs/heads/b', sha: main })
  await git.updateRef({ ...AT, ref: 'heads/b', sha })
  expect((await refusal(git.updateRef({ ...AT, ref: 'heads/b', sha: main }))).status).toBe(422)
  await git.updateRef({ ...AT, ref: 'heads/b', sha: main, force: true })
  expect(await tip(forge, 'b')).toBe(main)
  await git.deleteRef({ ...AT, ref: 'heads/b' })
  expect((await refusal(git.deleteRef({ ...AT, ref: 'heads/b' }))).status).toBe(422)
  expect((await refusal(git.getRef({ ...AT, ref: 'heads/b' }))).status).toBe(404)
})

test('main is moved by nobody but an administrator', async () => {
  const forge = await openForge()
  const { sha } = await commitOver(forge, { files: { a: '1' } })
  const before = await tip(forge, 'main')
  for (const login of ['phoenix[bot]', 'ada']) {
    const { git } = forge.as(login)
    const moved = git.updateRef({ ...AT, ref: 'heads/main', sha, force: true })
    expect((await refusal(moved)).status).toBe(422)
    expect((await refusal(git.deleteRef({ ...AT, ref: 'heads/main' }))).status).toBe(422)
  }
  expect(await tip(forge, 'main')).toBe(before)
  await forge.as('rosa').git.updateRef({ ...AT, ref: 'heads/main', sha })
  expect(await tip(forge, 'main')).toBe(sha)
})

test('live is moved by the App, forward only', async () => {
  const forge = await openForge()
  const start = await tip(forge, 'live')
  const { sha } = await commitOver(forge, { files: { a: '1' } })
  const ada = forge.as('ada').git.updateRef({ ...AT, ref: 'heads/live', sha })
  expect((await refusal(ada)).status).toBe(422)
  const { git } = forge.as('phoenix[bot]')
  await git.updateRef({ ...AT, ref: 'heads/live', sha })
  expect(await tip(forge, 'live')).toBe(sha)
  const back = git.updateRef({ ...AT, ref: 'heads/live', sha: start, force: true })
  expect((await refusal(back)).status).toBe(422)
  expect((await refusal(git.deleteRef({ ...AT, ref: 'heads/live' }))).status).toBe(422)
})

const HOSTILE_REFS = [
  ...['heads/main', 'refs/pull/1/head', 'refs/heads/', 'refs/heads/a..b', 'refs/heads/a.lock'],
  ...['refs/heads/-x', 'refs/heads/a b', 'refs/heads/a@{1}', 'refs/heads/a^', 'refs/heads/../x'],
  ...['refs/heads/a\nb', 'refs/heads/.a', 'refs/heads/a/', 'refs/replace/x', 'HEAD'],
]

test('names that git or a file system could misread are refused', async () => {
  const forge = await openForge()
  const sha = await tip(forge, 'main')
  const { git } = forge.as('rosa')
  for (const ref of HOSTILE_REFS)
    expect((await refusal(git.createRef({ ...AT, ref, sha }))).status).toBe(422)
  for (const unknown of ['f'.repeat(40), 'main', '']) {
    const attempt = git.createRef({ ...AT, ref: 'refs/heads/new', sha: unknown })
    expect((await refusal(attempt)).status).toBe(422)
  }
})

test('two moves at once from the same value: one of them is no longer a fast forward', async () => {
  const forge = await openForge()
  const { git } = forge.as('ada')
  await git.createRef({ ...AT, ref: 'refs/heads/b', sha: await tip(forge, 'main') })
  const commits = await Promise.all(
    ['1', '2'].map((text) => commitOver(forge, { files: { a: text } })),
  )
  const outcomes = await Promise.allSettled(
    commits.map(({ sha }) => git.updateRef({ ...AT, ref: 'heads/b', sha })),
  )
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})
