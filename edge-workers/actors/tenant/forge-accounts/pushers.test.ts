// Whoever pushes to the branch of a change approves nothing of it, also when the head is again what it was; and after the push of
// an account that is nobody's, nobody does until Phoenix has written the next revision.
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { askChallenge, openAccount, prove } from '../../../../functions/simulator/forge-proof.ts'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
let id: string
let branch: string
let head: string
beforeEach(async () => {
  world = await createTenantWorld()
  await world.tokenOf('bea', 'approver', { forgeLogin: 'bea' })
  for (const login of ['anton', 'bea', 'stranger']) openAccount(world, login)
  const change = await world.propose(world.vmRequest('web'))
  id = change.id
  branch = change.pullRequest?.branch ?? ''
  head = change.commit?.sha ?? ''
})

/** As the forge tells it: signed, by the route that it calls. */
const deliver = async (event: string, payload: object) => {
  const body = JSON.stringify({ repository: { full_name: 'acme/infrastructure' }, ...payload })
  const digest = createHmac('sha256', world.env.FORGE_WEBHOOK_SECRET).update(body).digest('hex')
  const headers = { 'x-github-event': event, 'x-hub-signature-256': `sha256=${digest}` }
  const { status } = await world.http('POST', '/webhooks/github', { headers, body })
  expect(status).toBe(202)
  await world.settle()
}
const senderOf = (login: string) => ({ login, id: world.memory.accountOf(login).account })
let count = 0
const pushAndForceBack = async (login: string, { told = ['push'] }: { told?: string[] } = {}) => {
  world.memory.person.push(branch, 'by-hand.txt', login)
  world.memory.person.force(branch, head)
  count += 1
  if (told.includes('push'))
    await deliver('push', { ref: `refs/heads/${branch}`, sender: senderOf(login), count })
  if (told.includes('synchronize')) {
    const pull_request = { number: 1, merged: false, head: { sha: head } }
    await deliver('pull_request', {
      ...{ action: 'synchronize', pull_request, sender: senderOf(login), count },
    })
  }
}
const review = async (login: string) => {
  world.memory.person.review(1, login, 'approved')
  await world.hint('pull_request_review')
  await world.settle()
}
const approve = async (token = world.tokens.approver) =>
  (await world.decide('approvals', id, { token })).status

describe.each([[['push']], [['synchronize']], [['push', 'synchronize']]])(
  'an approver who pushed, as told by %j',
  (told) => {
    it('approves nothing of it, here or at the forge, and others do', async () => {
      await pushAndForceBack('anton', { told })
      expect(await approve()).toBe(403)
      await review('anton')
      expect((await world.read(id)).state).toBe('proposed')
      await review('bea')
      expect((await world.read(id)).state).toBe('approved')
      expect((await world.decide('merge', id)).status).toBe(403)
    })
  },
)

it('what he approved before is void, and the gate is red', async () => {
  await world.approve(id)
  expect((await world.read(id)).gate.state).toBe('green')
  await pushAndForceBack('anton')
  const { state, gate, approvals } = await world.read(id)
  expect([state, gate.state]).toEqual(['proposed', 'red'])
  expect(approvals.every(({ voidedAt }) => voidedAt !== null)).toBe(true)
})

it('also in the revisions that follow', async () => {
  await pushAndForceBack('anton')
  await world.insist(world.send('POST', `/changes/${id}/revisions`, { body: {} }))
  await world.settle()
  expect(await approve()).toBe(403)
})

describe('an account that is nobody’s', () => {
  it('pushed: nothing is approved until the next revision is written', async () => {
    await pushAndForceBack('stranger')
    expect(await approve()).toBe(409)
    for (let twice = 0; twice < 2; twice += 1) await review('bea')
    const { state, gate, approvals } = await world.read(id)
    expect(approvals).toEqual([])
    expect([state, gate.reason]).toEqual([
      'proposed',
      'an account that is nobody’s pushed to the branch: ask for a revision',
    ])
    await world.insist(world.send('POST', `/changes/${id}/revisions`, { body: {} }))
    await world.settle()
    expect(await approve()).toBe(201)
  })

  it('and is proved to be an approver’s afterwards: he approves nothing of it', async () => {
    await pushAndForceBack('stranger')
    await world.insist(world.send('POST', `/changes/${id}/revisions`, { body: {} }))
    await world.settle()
    expect(await approve()).toBe(201)
    await prove(world, { token: world.tokens.approver, login: 'stranger' })
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
    expect(await approve()).toBe(403)
  })

  it('is kept as a pseudonym, never by its login', async () => {
    await pushAndForceBack('stranger')
    const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    for (const table of ['changes', 'transitions', 'outbox'])
      expect(JSON.stringify(sql?.exec(`SELECT * FROM ${table}`).toArray())).not.toMatch(/stranger/)
  })
})

it('what Phoenix itself pushes is nobody’s doing', async () => {
  await deliver('push', { ref: `refs/heads/${branch}`, sender: { login: 'phoenix[bot]', id: 1 } })
  expect(await approve()).toBe(201)
})

const hasSshKeygen = (() => {
  try {
    execFileSync('ssh-keygen', ['-?'], { stdio: 'ignore' })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
  return true
})()

/** Skipped, and shown as skipped, where OpenSSH is not installed. */
it.skipIf(!hasSshKeygen)(
  'the commands that a challenge shows make a signature that is taken',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'phoenix-challenge-'))
    try {
      const key = join(folder, 'key')
      const run = (command: string) =>
        execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' })
      run(`ssh-keygen -q -t ed25519 -N '' -f ${key}`)
      world.memory.accountOf('by-hand').keys.push(run(`cat ${key}.pub`).toString())
      const token = world.tokens.owner
      const challenge = await askChallenge(world, { token, login: 'by-hand' })
      const script = challenge.commands.join('\n').replace('~/.ssh/id_ed25519', key)
      const body = { challenge: challenge.id, signature: run(script).toString() }
      expect((await world.send('POST', '/forge-accounts', { token, body })).status).toBe(201)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
