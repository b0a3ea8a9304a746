// An approval is a person's word for exactly one head, tree and reading of the world. What moves any of them voids it, and
// nobody's own change is ever approved or merged by himself, whichever door he takes.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { Site } from '../../../schemas/place.ts'
import { Outage } from '../../../schemas/result.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const propose = () => world.propose(world.vmRequest('web'))
const problem = (body: { type?: string }) => body.type?.split('/').at(-1)
const outcome = async (asked: ReturnType<TenantWorld['decide']>) => {
  const { status, body } = await asked
  return [status, problem(body)]
}
/** An operator changes a host of a site the plan stands on. */
const changeSite = async (site = 'lab-01') => {
  const path = `/v1/sites/${site}`
  const read = await world.http('GET', path, { token: world.operator })
  const { hosts } = (await read.json()) as Site
  const [host] = hosts
  const response = await world.http('PATCH', path, {
    ...{ token: world.operator, headers: { 'if-match': '*' } },
    body: { hosts: [{ ...host, cores: (host?.cores ?? 0) + 1 }] },
  })
  expect(response.status).toBe(200)
}
const head = () => world.memory.pulls[0]?.headSha ?? ''
const gate = (sha = head()) => world.memory.gates.get(sha)

describe('an approval', () => {
  it('binds head, tree and what was read, and turns the gate green on that head', async () => {
    const { id, commit } = await propose()
    expect(gate()).toBe(false)
    await world.approve(id)
    const { approvals, state, gate: shown } = await world.read(id)
    const { body: plan } = await world.send('GET', `/changes/${id}/plan`)
    expect(approvals).toMatchObject([
      {
        ...{ subject: world.ids.anton, source: 'api', voidedAt: null },
        ...{
          headSha: commit?.sha,
          treeSha: commit?.tree,
          reads: (plan as { reads?: string }).reads,
        },
      },
    ])
    expect([state, shown.state, gate()]).toEqual(['approved', 'green', true])
  })

  it('that names another head is refused, and one that names this head is taken', async () => {
    const { id, commit } = await propose()
    const other = { headSha: '0'.repeat(40) }
    expect(await outcome(world.decide('approvals', id, { body: other }))).toEqual([
      409,
      'wrong-state',
    ])
    const right = { headSha: commit?.sha }
    expect((await world.decide('approvals', id, { body: right })).status).toBe(201)
  })

  it('of two people at once counts for both or says that the change moved', async () => {
    const { id } = await propose()
    const second = await world.tokenOf('berta', 'approver')
    const answers = await Promise.all([
      world.decide('approvals', id),
      world.decide('approvals', id, { token: second }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect((await world.decide('approvals', id, { token: second })).status).toBe(201)
    expect((await world.read(id)).approvals.length).toBeGreaterThanOrEqual(1)
  })

  it.each([
    ['of the requester', () => `subject = '${world.ids.rita}'`],
    ['of another head', () => `"headSha" = '${'0'.repeat(40)}'`],
    ['of another revision', () => 'revision = 7'],
  ])('%s that got into the rows all the same counts for nothing', async (_, fault) => {
    const { id } = await propose()
    await world.approve(id)
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    rows?.exec(`UPDATE approvals SET ${fault()}`)
    expect(await outcome(world.decide('merge', id))).toEqual([409, 'wrong-state'])
    expect(world.memory.calls).not.toContain('mergePull')
  })

  it('counts also where nobody has heard whether the forge’s check shows it: only the forge knows', async () => {
    const { id } = await propose()
    world.memory.setIntercept((verb, run) =>
      verb === 'postGate' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    await world.insist(world.decide('approvals', id))
    // Whether it let him, or he may go past it, looks the same from here.
    world.memory.person.merge(1, 'anton', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('while the forge’s check is known to be red lets nobody merge there', async () => {
    const { id } = await propose()
    await world.approve(id)
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    rows?.exec("UPDATE changes SET gate = 'red'")
    world.memory.person.merge(1, 'anton', { pastTheGate: true })
    await world.hint('closed', { merged: true })
    await world.settle()
    expect((await world.read(id)).state).toBe('merged_unauthorised')
  })

  it('is needed: nothing merges without', async () => {
    const { id } = await propose()
    expect(await outcome(world.decide('merge', id))).toEqual([409, 'wrong-state'])
    expect(world.memory.calls).not.toContain('mergePull')
  })
})

describe('the requester', () => {
  it('neither approves nor merges, also with another token and a higher role', async () => {
    const second = await world.tokenOf('rita', 'owner')
    const third = await world.tokenOf('rita', 'approver', { forgeLogin: 'rita-too' })
    const { id } = await propose()
    for (const token of [second, third])
      expect(await outcome(world.decide('approvals', id, { token }))).toEqual([
        403,
        'separation-of-duties',
      ])
    await world.approve(id)
    for (const token of [second, third])
      expect(await outcome(world.decide('merge', id, { token }))).toEqual([
        403,
        'separation-of-duties',
      ])
    expect((await world.read(id)).state).toBe('approved')
  })

  it('who owns the tenant asks like anybody else', async () => {
    const { owner } = world.tokens
    const { id } = await world.insist(world.request(world.vmRequest('web'), { token: owner }))
    await world.settle()
    expect(await outcome(world.decide('approvals', id, { token: owner }))).toEqual([
      403,
      'separation-of-duties',
    ])
    expect((await world.land(id)).state).toBe('promoted')
  })

  it.each(['rita', 'RITA', 'rita-too'])('gains nothing by a review as %s', async (login) => {
    await world.tokenOf('rita', 'approver', { forgeLogin: 'rita-too' })
    const { id } = await propose()
    world.memory.person.review(1, login, 'approved')
    await world.hint('pull_request_review')
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })

  it.each(['rita', 'RITA', 'rita-too'])(
    'who merges an approved change as %s has merged past the gate',
    async (login) => {
      await world.tokenOf('rita', 'approver', { forgeLogin: 'rita-too' })
      const { id } = await propose()
      await world.approve(id)
      const live = world.memory.branches.get('live')
      world.memory.person.merge(1, login)
      await world.hint('closed', { merged: true })
      await world.settle()
      expect(await world.read(id)).toMatchObject({ state: 'merged_unauthorised', liveSha: null })
      expect(world.memory.branches.get('live')).toBe(live)
    },
  )
})

describe('a merge by the forge’s own button', () => {
  const mergedBy = async (id: string, login: string) => {
    const number = (await world.read(id)).pullRequest?.number ?? 0
    world.memory.person.merge(number, login)
    await world.hint('closed', { merged: true, pullNumber: number })
    await world.settle()
    return (await world.read(id)).state
  }

  it('counts by an approver', async () => {
    const { id } = await propose()
    await world.approve(id)
    expect(await mergedBy(id, 'anton')).toBe('promoted')
  })

  it('is past the gate by an account that no member is', async () => {
    const { id } = await propose()
    await world.approve(id)
    expect(await mergedBy(id, 'passer-by')).toBe('merged_unauthorised')
  })

  it('is past the gate when what the plan read has changed since', async () => {
    const { id } = await propose()
    await world.approve(id)
    await changeSite()
    expect(await mergedBy(id, 'anton')).toBe('merged_unauthorised')
  })
})

describe('an approver', () => {
  const manage = (method: string, handle: string, body?: object) =>
    world.http(method, `/v1/tenants/acme/members/${handle}`, {
      ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
      ...(body === undefined ? {} : { body }),
    })
  const approvedByVera = async () => {
    const token = await world.tokenOf('vera', 'approver')
    const { id } = await propose()
    await world.insist(world.decide('approvals', id, { token }))
    return id
  }

  it.each([
    ['removed', () => manage('DELETE', 'vera')],
    ['made an auditor', () => manage('PATCH', 'vera', { roles: ['auditor'] })],
  ])('who is %s turns the gate red, and his approval is void', async (_, act) => {
    const id = await approvedByVera()
    expect((await act()).status).toBe(200)
    expect(await outcome(world.decide('merge', id))).toEqual([409, 'wrong-state'])
    await world.settle()
    const after = await world.read(id)
    expect([after.state, after.gate.state, gate()]).toEqual(['proposed', 'red', false])
    expect(after.approvals[0]?.voidReason).toContain('may no longer approve')
  })

  it('who gets his role back has said nothing', async () => {
    const id = await approvedByVera()
    await manage('PATCH', 'vera', { roles: ['auditor'] })
    await manage('PATCH', 'vera', { roles: ['approver'] })
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('stays one when his token is revoked: it was his word, not the token’s', async () => {
    const vera = await world.createToken('acme', 'approver', { member: 'vera' })
    const { id } = await propose()
    await world.insist(world.decide('approvals', id, { token: vera.token }))
    const revoked = await world.http('DELETE', `/v1/tenants/acme/tokens/${vera.id}`, {
      ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
    })
    expect(revoked.status).toBe(200)
    expect((await world.decide('approvals', id, { token: vera.token })).status).toBe(401)
    expect((await world.decide('merge', id)).status).toBe(200)
  })
})

describe('who may not', () => {
  it('a machine: it can have no role that approves', async () => {
    for (const role of ['approver', 'owner', 'admin'])
      await expect(world.ensureMember('acme', `m-${role}`, role as 'owner', false)).rejects.toThrow(
        '/roles/0',
      )
    await world.ensureMember('acme', 'robot', 'requester', false)
    await expect(world.ensureMember('acme', 'robot', 'approver')).rejects.toThrow('/roles')
  })

  it('a machine that is an approver in the rows all the same', async () => {
    const token = await world.tokenOf('robot', 'requester', { person: false })
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    rows?.exec("UPDATE members SET roles = '[\"approver\"]' WHERE handle = 'robot'")
    rows?.exec('UPDATE tokens SET scopes = \'["changes:approve"]\' WHERE person = 0')
    // Any write by the actor itself makes the door forget what it knows.
    await world.ensureMember('acme', 'anybody', 'auditor')
    const { id } = await propose()
    for (const what of ['approvals', 'reject'])
      expect(await outcome(world.decide(what, id, { token }))).toEqual([403, 'forbidden'])
    await world.approve(id)
    expect(await outcome(world.decide('merge', id, { token }))).toEqual([403, 'forbidden'])
  })

  it('a token without the scope', async () => {
    const token = await world.tokenOf('berta', 'approver', { scopes: ['changes:read'] })
    const { id } = await propose()
    expect(await outcome(world.decide('approvals', id, { token }))).toEqual([403, 'forbidden'])
  })
})

describe('a push', () => {
  it('voids the approval and turns the gate red on the new head', async () => {
    const { id, pullRequest } = await propose()
    await world.approve(id)
    const pushed = world.memory.person.push(pullRequest?.branch ?? '', 'x.txt', 'x')
    await world.hint('synchronize', { headSha: pushed })
    await world.settle()
    const touched = await world.read(id)
    expect(touched).toMatchObject({ state: 'proposed', gate: { state: 'red' } })
    expect(touched.approvals[0]?.voidedAt).not.toBeNull()
    expect(touched.approvals[0]?.voidReason).toContain('outside')
    expect(gate(pushed)).toBe(false)
    for (const what of ['approvals', 'merge'])
      expect(await outcome(world.decide(what, id))).toEqual([409, 'wrong-state'])
  })

  it('that nobody told us of is noticed by the merge', async () => {
    const { id, pullRequest } = await propose()
    await world.approve(id)
    world.memory.person.push(pullRequest?.branch ?? '', 'x.txt', 'x')
    const { status, body } = await world.decide('merge', id)
    expect([status, problem(body)]).toEqual([409, 'wrong-state'])
    expect(body.detail).toContain('head')
    expect(world.memory.pulls[0]?.merged).toBe(false)
  })

  it('is undone by a revision, which needs an approval of its own', async () => {
    const { id, pullRequest, commit } = await propose()
    await world.approve(id)
    const pushed = world.memory.person.push(pullRequest?.branch ?? '', 'x.txt', 'x')
    await world.hint('synchronize', { headSha: pushed })
    await world.settle()
    const { requester: token } = world.tokens
    await world.insist(world.decide('revisions', id, { token, body: {} }))
    await world.settle()
    const restored = await world.read(id)
    expect(restored).toMatchObject({ state: 'proposed', revision: 2 })
    expect(restored.commit?.sha).not.toBe(commit?.sha)
    expect(head()).toBe(restored.commit?.sha)
    expect(world.memory.filesOf(pullRequest?.branch ?? '')).not.toContain('x.txt')
    expect((await world.land(id)).state).toBe('promoted')
  })
})

describe('a revision', () => {
  const revise = (id: string, body: object = { parameters: { site: 'lab-01', cores: 2 } }) =>
    world.insist(world.decide('revisions', id, { token: world.tokens.requester, body }))

  it('voids the approval at once', async () => {
    const { id } = await propose()
    await world.approve(id)
    const revised = await revise(id)
    expect(revised).toMatchObject({ state: 'proposed', revision: 2, commit: null })
    expect(revised.approvals[0]?.voidReason).toContain('revision 2')
    for (const what of ['approvals', 'merge'])
      expect(await outcome(world.decide(what, id))).toEqual([409, 'wrong-state'])
  })

  it('takes green from the old head before the new one is written', async () => {
    const { id } = await propose()
    await world.approve(id)
    const old = head()
    let whenWritten: boolean | undefined
    world.memory.setIntercept(async (verb, run) => {
      if (verb === 'writeCommit') whenWritten = gate(old)
      return run()
    })
    await revise(id)
    await world.settle()
    expect(whenWritten).toBe(false)
    expect(await world.read(id)).toMatchObject({ revision: 2, gate: { state: 'red' } })
  })

  it('is the requester’s alone', async () => {
    const { id } = await propose()
    const token = world.tokens.owner
    expect(await outcome(world.decide('revisions', id, { token, body: {} }))).toEqual([
      403,
      'forbidden',
    ])
  })
})

describe('a world that changed since', () => {
  it('refuses the merge and says so; a revision and a new approval go through', async () => {
    const { id } = await propose()
    await world.approve(id)
    await changeSite()
    const { status, body } = await world.decide('merge', id)
    expect([status, problem(body)]).toEqual([409, 'wrong-state'])
    expect(body.detail).toContain('What the plan read has changed')
    expect(world.memory.calls).not.toContain('mergePull')
    const { requester: token } = world.tokens
    await world.insist(world.decide('revisions', id, { token, body: {} }))
    await world.settle()
    expect((await world.land(id)).state).toBe('promoted')
  })

  it('refuses the approval too', async () => {
    const { id } = await propose()
    await changeSite()
    const { status, body } = await world.decide('approvals', id)
    expect([status, body.detail]).toEqual([409, expect.stringContaining('What the plan read')])
  })

  it('is not one in which a neighbour took something', async () => {
    const { id } = await propose()
    await world.approve(id)
    await world.inventoryStub.reserve({
      ...{ changeId: 'chg_theirs', tenantId: 'ten_eu_theirs', resource: 'x' },
      items: [
        {
          ...{ name: 'x', role: 'vm', group: 'x', site: 'lab-01', host: 'lab-01', cores: 1 },
          ...{ memoryMiB: 1024, diskGiB: 1, vmId: 4_000, address: '192.168.11.200' },
        },
      ],
    })
    expect((await world.decide('merge', id)).status).toBe(200)
  })
})

describe('a review on the forge', () => {
  const review = async (login: string, state: 'approved' | 'changes_requested' | 'commented') => {
    world.memory.person.review(1, login, state)
    await world.hint('pull_request_review')
    await world.settle()
  }

  it.each(['anton', 'Anton'])('by a linked approver (%s) is an approval', async (login) => {
    const { id } = await propose()
    await review(login, 'approved')
    expect(await world.read(id)).toMatchObject({
      ...{ state: 'approved', gate: { state: 'green' } },
      approvals: [{ subject: world.ids.anton, source: 'forge', voidedAt: null }],
    })
    world.memory.person.merge(1, 'anton')
    await world.hint('closed', { merged: true })
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('by anybody else is none', async () => {
    await world.tokenOf('robot', 'requester', { person: false, forgeLogin: 'robot' })
    await world.tokenOf('carl', 'auditor', { forgeLogin: 'carl' })
    await world.tokenOf('dora', 'approver')
    await world.tokenOf('emil', 'approver', { forgeLogin: 'emil' })
    const emil = { token: world.operator, headers: { 'if-match': '*' } }
    expect((await world.http('DELETE', '/v1/tenants/acme/members/emil', emil)).status).toBe(200)
    const { id } = await propose()
    // Dora has a role for it, and has not proved that the account of her name is hers.
    for (const login of ['stranger', '', 'robot', 'carl', 'dora', 'emil'])
      await review(login, 'approved')
    expect(await world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })

  it('of an older head is none for the new one', async () => {
    const { id } = await propose()
    world.memory.person.review(1, 'anton', 'approved')
    const { requester: token } = world.tokens
    await world.insist(
      world.decide('revisions', id, { token, body: { parameters: { site: 'lab-01', cores: 2 } } }),
    )
    await world.settle()
    await world.hint('pull_request_review')
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })

  it('is taken back by asking for changes, and by a dismissal; a comment changes nothing', async () => {
    const { id } = await propose()
    await review('anton', 'approved')
    await review('anton', 'commented')
    expect((await world.read(id)).state).toBe('approved')
    await review('anton', 'changes_requested')
    const back = await world.read(id)
    expect([back.state, back.gate.state, gate()]).toEqual(['proposed', 'red', false])
    expect(back.approvals[0]?.voidedAt).not.toBeNull()
    await review('anton', 'approved')
    expect((await world.read(id)).state).toBe('approved')
    world.memory.person.dismiss(1, 'anton')
    await world.hint('pull_request_review')
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('takes back nothing that was said through the API', async () => {
    const { id } = await propose()
    await world.approve(id)
    await review('anton', 'changes_requested')
    expect((await world.read(id)).state).toBe('approved')
  })
})

describe('a body that is not the plan', () => {
  it('is not merged, and written again', async () => {
    const { id } = await propose()
    const plan = world.memory.pulls[0]?.body
    await world.approve(id)
    world.memory.person.edit(1, 'Nothing to see here')
    expect(await outcome(world.decide('merge', id))).toEqual([409, 'wrong-state'])
    expect(world.memory.pulls[0]?.body).toBe(plan)
    expect((await world.decide('merge', id)).status).toBe(200)
  })

  it('is written again when a person edits it', async () => {
    const { id } = await propose()
    const plan = world.memory.pulls[0]?.body
    world.memory.person.edit(1, 'Nothing to see here')
    await world.hint('edited')
    await world.settle()
    expect(world.memory.pulls[0]?.body).toBe(plan)
    expect((await world.read(id)).state).toBe('proposed')
  })
})

describe('the end of a change', () => {
  const held = async (id: string) => (await world.inventoryStub.holds(id)).held

  it.each([
    ['reject', 'approver', 'rejected'],
    ['cancel', 'requester', 'closed'],
  ] as const)(
    '%s closes the pull request, deletes the branch and frees what was held',
    async (what, who, state) => {
      const { id, pullRequest } = await propose()
      await world.approve(id)
      expect(await held(id)).toBe(1)
      const reason = 'We do something else.'
      await world.insist(world.decide(what, id, { token: world.tokens[who], body: { reason } }))
      await world.settle()
      const ended = await world.read(id)
      expect(ended).toMatchObject({ state, reason })
      expect(ended.approvals[0]?.voidedAt).not.toBeNull()
      expect(world.memory.pulls[0]).toMatchObject({ state: 'closed', merged: false })
      expect(world.memory.branches.has(pullRequest?.branch ?? '')).toBe(false)
      expect(await held(id)).toBe(0)
      for (const next of ['approvals', 'merge', 'reject'])
        expect(await outcome(world.decide(next, id))).toEqual([409, 'wrong-state'])
    },
  )

  it('is for the requester to withdraw, and for an approver to reject', async () => {
    const { id } = await propose()
    const { owner, requester } = world.tokens
    expect(await outcome(world.decide('cancel', id, { token: owner }))).toEqual([403, 'forbidden'])
    expect(await outcome(world.decide('reject', id, { token: requester }))).toEqual([
      403,
      'forbidden',
    ])
  })

  it('before anything was proposed leaves nothing on the forge', async () => {
    const { id } = await world.insist(world.request(world.vmRequest('web')))
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
    await world.settle()
    expect(world.memory.pulls).toEqual([])
    expect([...world.memory.branches.keys()].sort()).toEqual(['live', 'main'])
    expect(await held(id)).toBe(0)
  })

  it('while the pull request is on its way closes it as soon as it is known', async () => {
    const { id } = await world.insist(world.request(world.vmRequest('web')))
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'openPull')
        await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
      return answer
    })
    await world.settle()
    expect((await world.read(id)).state).toBe('closed')
    expect(world.memory.pulls).toMatchObject([{ state: 'closed' }])
    expect(await held(id)).toBe(0)
  })

  it('by a person on the forge is seen and frees what was held', async () => {
    const { id } = await propose()
    world.memory.person.close(1)
    await world.hint('closed')
    await world.settle()
    expect((await world.read(id)).state).toBe('closed')
    expect(await held(id)).toBe(0)
  })
})
