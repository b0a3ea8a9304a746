import { expect, test } from 'vitest'
import { AT, commitOver, openForge, propose, refusal, tip } from './testing.ts'

test('a head has one open pull request; opening another says so', async () => {
  const forge = await openForge()
  const { number } = await propose(forge, 'phoenix/one')
  const { pulls } = forge.as('phoenix[bot]')
  const input = { ...AT, head: 'phoenix/one', base: 'main', title: 'again' }
  const again = await refusal(pulls.create(input))
  expect(again.status).toBe(422)
  expect(again.message).toContain('A pull request already exists for dbis:phoenix/one.')
  const found = await pulls.list({ ...AT, head: 'dbis:phoenix/one', state: 'all' })
  expect(found.data.map((pull) => pull.number)).toEqual([number])
})

test('a head without commits of its own, or unknown, opens nothing', async () => {
  const forge = await openForge()
  const { git, pulls } = forge.as('phoenix[bot]')
  await git.createRef({ ...AT, ref: 'refs/heads/same', sha: await tip(forge, 'main') })
  const same = await refusal(pulls.create({ ...AT, head: 'same', base: 'main', title: 't' }))
  expect(same).toMatchObject({ status: 422 })
  expect(same.message).toContain('No commits between main and same')
  const none = await refusal(pulls.create({ ...AT, head: 'none', base: 'main', title: 't' }))
  expect(none.status).toBe(422)
})

test('the head follows its branch, and the files are those of the new head', async () => {
  const forge = await openForge()
  const { number } = await propose(forge, 'b', { 'x.yaml': 'a: 1\n' })
  const { git, pulls } = forge.as('phoenix[bot]')
  const next = await commitOver(forge, { base: 'b', files: { 'x.yaml': 'a: 2\n', 'y.yaml': '' } })
  await git.updateRef({ ...AT, ref: 'heads/b', sha: next.sha })
  const pull = await pulls.get({ ...AT, pull_number: number })
  expect(pull.data).toMatchObject({ commits: 2, changed_files: 2, mergeable: true })
  expect(pull.data.head.sha).toBe(next.sha)
  const files = await pulls.listFiles({ ...AT, pull_number: number })
  expect(files.data).toMatchObject([
    { filename: 'x.yaml', status: 'added', additions: 1, patch: '@@ -0,0 +1 @@\n+a: 2' },
    { filename: 'y.yaml', status: 'added', additions: 0 },
  ])
})

test('deleting the branch closes its pull request, and the branch may be proposed again', async () => {
  const forge = await openForge()
  const first = await propose(forge, 'b')
  const { git, pulls } = forge.as('phoenix[bot]')
  await git.deleteRef({ ...AT, ref: 'heads/b' })
  const closed = await pulls.get({ ...AT, pull_number: first.number })
  expect(closed.data).toMatchObject({ state: 'closed', merged: false })
  const files = await pulls.listFiles({ ...AT, pull_number: first.number })
  expect(files.data).toHaveLength(1)
  const second = await propose(forge, 'b')
  const found = await pulls.list({ ...AT, head: 'dbis:b', state: 'all', per_page: 1 })
  expect(found.data.map(({ number }) => number)).toEqual([second.number])
  expect(found.headers.link).toContain('page=2>; rel="next"')
})

test('a head that was set back to its base is not taken for merged', async () => {
  const forge = await openForge()
  const { number } = await propose(forge, 'b')
  const { git, pulls } = forge.as('rosa')
  const sha = await tip(forge, 'main')
  await git.updateRef({ ...AT, ref: 'heads/b', sha, force: true })
  const next = await commitOver(forge, { files: { other: '1' } })
  await git.updateRef({ ...AT, ref: 'heads/main', sha: next.sha })
  expect((await pulls.get({ ...AT, pull_number: number })).data.merged).toBe(false)
})

test('title, body and state are changed; a body over the limit is refused', async () => {
  const forge = await openForge()
  const { number } = await propose(forge, 'b')
  const { pulls } = forge.as('phoenix[bot]')
  const at = { ...AT, pull_number: number }
  const body = 'x'.repeat(65_536)
  const updated = await pulls.update({ ...at, title: 'T', body, state: 'closed' })
  expect(updated.data).toMatchObject({ title: 'T', state: 'closed', merged: false })
  expect(updated.data.body).toHaveLength(65_536)
  expect((await refusal(pulls.update({ ...at, body: `${body}y` }))).status).toBe(422)
  expect((await refusal(pulls.update({ ...at, title: ' ' }))).status).toBe(422)
  const next = await commitOver(forge, { base: 'b', files: { extra: '1' } })
  await forge.as('ada').git.updateRef({ ...AT, ref: 'heads/b', sha: next.sha })
  const reopened = await pulls.update({ ...at, state: 'open' })
  expect(reopened.data).toMatchObject({ state: 'open', closed_at: null, commits: 2 })
  expect(reopened.data.head.sha).toBe(next.sha)
})

test('the author may not approve; another account may, on the head it names', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const approve = (login: string, more: object = {}) =>
    forge.as(login).pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE', ...more })
  expect((await refusal(approve('phoenix[bot]'))).message).toContain(
    'Can not approve your own pull request',
  )
  expect((await refusal(approve('eve'))).status).toBe(403)
  const elsewhere = await commitOver(forge, { files: { z: '1' } })
  expect((await refusal(approve('ada', { commit_id: elsewhere.sha }))).status).toBe(422)
  await approve('ada', { commit_id: headSha, body: 'Read it' })
  const reviews = await forge.as(null).pulls.listReviews({ ...AT, pull_number: number })
  expect(reviews.data).toMatchObject([
    { state: 'APPROVED', commit_id: headSha, body: 'Read it', user: { login: 'ada' } },
  ])
})

test('a comparison lists commits oldest first and what both sides have in common', async () => {
  const forge = await openForge()
  const { headSha } = await propose(forge, 'phoenix/b')
  const main = await tip(forge, 'main')
  const { repos } = forge.as(null)
  const ahead = await repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...phoenix/b' })
  expect(ahead.data).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0 })
  expect(ahead.data.commits.map(({ sha }) => sha)).toEqual([headSha])
  expect(ahead.data.merge_base_commit.sha).toBe(main)
  const same = await repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...live' })
  expect(same.data).toMatchObject({ status: 'identical', commits: [] })
  const unknown = repos.compareCommitsWithBasehead({ ...AT, basehead: 'main...never' })
  expect((await refusal(unknown)).status).toBe(404)
})
