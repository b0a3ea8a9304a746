import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { openStore } from './store.ts'
import { AT, commitOver, openForge, postGate, propose, receiveHooks } from './testing.ts'
import { createWebhooks } from './webhooks.ts'

const SECRET = 'it is a secret'

test('a delivery carries GitHub’s headers and a signature over exactly its body', async () => {
  const hooks = await receiveHooks()
  const forge = await openForge({ webhook: { url: hooks.url, secret: SECRET } })
  const { number, headSha } = await propose(forge, 'b')
  const { headers, body } = await hooks.next('pull_request', 'opened')
  const own = createHmac('sha256', SECRET).update(body).digest('hex')
  expect(headers['x-hub-signature-256']).toBe(`sha256=${own}`)
  expect(headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers['x-github-hook-id']).toBe('1')
  expect(headers['content-type']).toBe('application/json')
  expect(JSON.parse(body)).toMatchObject({
    action: 'opened',
    number,
    pull_request: {
      ...{ state: 'open', merged: false, merge_commit_sha: null, user: { login: 'phoenix[bot]' } },
      ...{ head: { ref: 'b', sha: headSha }, base: { ref: 'main' } },
    },
    repository: { full_name: 'dbis/gitops' },
    sender: { login: 'phoenix[bot]', type: 'Bot' },
  })
})

test('push, synchronize, check, review, edit and merge each have their event', async () => {
  const hooks = await receiveHooks()
  const forge = await openForge({ webhook: { url: hooks.url, secret: SECRET } })
  const { number, headSha } = await propose(forge, 'b')
  const created = JSON.parse((await hooks.next('push')).body)
  expect(created).toMatchObject({ ref: 'refs/heads/b', created: true, after: headSha })
  expect(created.commits.map(({ id }: { id: string }) => id)).toEqual([headSha])

  const next = await commitOver(forge, { base: 'b', files: { extra: '1' } })
  await forge.as('ada').git.updateRef({ ...AT, ref: 'heads/b', sha: next.sha })
  const moved = JSON.parse((await hooks.next('pull_request', 'synchronize')).body)
  expect(moved).toMatchObject({ before: headSha, after: next.sha, sender: { login: 'ada' } })

  await postGate(forge, next.sha, 'success')
  const check = JSON.parse((await hooks.next('check_run', 'created')).body)
  expect(check.check_run).toMatchObject({ head_sha: next.sha, conclusion: 'success' })

  const { pulls } = forge.as('ada')
  await pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  const review = JSON.parse((await hooks.next('pull_request_review', 'submitted')).body)
  expect(review.review).toMatchObject({ state: 'approved', commit_id: next.sha })

  await pulls.update({ ...AT, pull_number: number, body: 'Other words' })
  const edited = JSON.parse((await hooks.next('pull_request', 'edited')).body)
  expect(edited).toMatchObject({ changes: { body: { from: '' } } })

  const merged = await pulls.merge({ ...AT, pull_number: number, sha: next.sha })
  const closed = JSON.parse((await hooks.next('pull_request', 'closed')).body)
  expect(closed.pull_request).toMatchObject({ merged: true, merge_commit_sha: merged.data.sha })
})

test('a receiver that refuses or is not there fails no call; the delivery is kept and sent again on request', async () => {
  const forge = await openForge({ webhook: { url: 'http://127.0.0.1:9/', secret: SECRET } })
  const { number } = await propose(forge, 'b')
  const { repos } = forge.as('rosa')
  const hooks = await receiveHooks({ status: 500 })
  forge.setWebhook({ url: hooks.url, secret: 'another' })
  const kept = await repos.listWebhookDeliveries({ ...AT, hook_id: 1 })
  const opened = kept.data.find(({ event }) => event === 'pull_request')
  await repos.redeliverWebhookDelivery({ ...AT, hook_id: 1, delivery_id: opened?.id ?? 0 })
  const again = await hooks.next('pull_request', 'opened')
  expect(again.headers['x-github-delivery']).toBe(opened?.guid)
  expect(JSON.parse(again.body).number).toBe(number)
  expect(again.headers['x-hub-signature-256']).toBe(
    `sha256=${createHmac('sha256', 'another').update(again.body).digest('hex')}`,
  )
})

test('deliveries are shown to those who run the hook only', async () => {
  const forge = await openForge({ webhook: { url: 'http://127.0.0.1:9/', secret: SECRET } })
  for (const login of [null, 'ada', 'eve']) {
    const call = forge.as(login).repos.listWebhookDeliveries({ ...AT, hook_id: 1 })
    await expect(call).rejects.toThrow()
  }
})

test('of deliveries the last 200 are kept', async () => {
  const store = openStore(':memory:')
  const target = { url: 'http://127.0.0.1:9/', secret: SECRET }
  const hooks = createWebhooks(store, { now: () => new Date(0), target })
  for (let index = 1; index <= 205; index += 1) hooks.enqueue(1, 'push', { index })
  const kept = hooks.list(1).map(({ payload }) => JSON.parse(payload).index)
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([200, 205, 6])
})
