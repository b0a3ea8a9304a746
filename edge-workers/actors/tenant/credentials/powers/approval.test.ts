// Where the tenant's rules ask for it, an approval is a presentation: of this tenant's own credential, by its holder, about exactly
// this change as it stands. It counts as long as the credential holds, until the change is promoted.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ApprovalEvidence } from '../../../../../schemas/presentation.ts'
import { newIssuer, newSigner } from '../../../../credentials/presenter.fixture.ts'
import { createPowerWorld, type InWallet, type PowerWorld, START } from './power-world.fixture.ts'

const RULE = { approvals: 1, credential: true }
let made: PowerWorld
let held: InWallet
beforeEach(async () => {
  made = await createPowerWorld()
  await made.rule(RULE)
  held = await made.hold('phoenix-approver', made.world.ids.anton)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const live = () => made.world.memory.branches.get('live')
const merge = (id: string) => made.world.insist(made.world.decide('merge', id))
const REFUSED = { status: 400, fault: 'not-permitted' }

describe('an approval by credential', () => {
  it('is the presentation itself: approved, merged, promoted, with what was signed as evidence', async () => {
    const id = await made.propose('web')
    const waiting = await made.world.read(id)
    expect(waiting.gate.reason).toBe(
      'waiting for an approver who is not the requester, by presenting a credential',
    )
    expect(waiting.next[0]?.how).toContain('/approval-requests')
    expect(await made.approveBy(id, held)).toEqual({ status: 200, fault: null, back: undefined })
    const approved = await made.world.read(id)
    expect(approved).toMatchObject({
      ...{ state: 'approved', gate: { state: 'green' } },
      approvals: [{ subject: made.world.ids.anton, source: 'credential', voidedAt: null }],
    })
    expect(approved.gate.reason).toContain('by presenting a credential')
    await merge(id)
    await made.world.settle()
    expect((await made.world.read(id)).state).toBe('promoted')
    const path = `/changes/${id}/approvals/${approved.approvals[0]?.id}/evidence`
    const { auditor, approver } = made.world.tokens
    const evidence = await made.insist<ApprovalEvidence>('GET', path, { token: auditor })
    expect(evidence).toMatchObject({
      ...{ change: id, subject: made.world.ids.anton, commits: true },
      about: { headSha: approved.commit?.sha, treeSha: approved.commit?.tree, revision: 1 },
      credential: { id: held.id, status: 'valid' },
    })
    const [shown = ''] = evidence.presentation_token.approver ?? []
    const binding = JSON.parse(
      Buffer.from(shown.split('~').at(-1)?.split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(binding.nonce).toBe(evidence.nonce)
    expect((await made.api('GET', path, { token: approver })).status).toBe(403)
  })

  it('is all that counts: an approval by token or on the forge is refused or says nothing', async () => {
    const id = await made.propose('web')
    const told = await made.api('POST', `/changes/${id}/approvals`, {
      token: made.world.tokens.approver,
    })
    expect([told.status, told.problem]).toEqual([403, 'credential-required'])
    expect(told.body.detail).toContain(`/changes/${id}/approval-requests`)
    made.world.memory.person.review(1, 'anton', 'approved')
    await made.world.hint('review')
    await made.world.settle()
    expect(await made.world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })

  it('is asked of whoever may approve this change, and holds a credential that does', async () => {
    const id = await made.propose('web')
    const ask = (token: string) =>
      made.api('POST', `/changes/${id}/approval-requests`, { token, body: {} })
    const rita = await made.world.tokenOf('rita', 'requester')
    expect((await ask(rita)).problem).toBe('forbidden')
    expect((await ask(made.world.tokens.owner)).problem).toBe('credential-required')
    await made.rule()
    const free = await made.propose('free')
    const path = `/changes/${free}/approval-requests`
    const token = made.world.tokens.approver
    expect((await made.api('POST', path, { token, body: {} })).problem).toBe('wrong-state')
    expect((await made.api('POST', `/changes/${free}/approvals`, { token })).status).toBe(201)
  })

  it('is never of one’s own change', async () => {
    const owner = await made.world.request(made.world.vmRequest('own'), {
      token: made.world.tokens.owner,
    })
    await made.world.settle()
    const [token, key] = [made.world.tokens.owner, 'own']
    expect(owner.body.requester).toBe(made.world.ids.olga)
    const path = `/changes/${owner.body.id}/approval-requests`
    const told = await made.api('POST', path, { token, key, body: {} })
    expect(told.problem).toBe('separation-of-duties')
  })

  it('is never by a credential that the requester offered, and could have taken himself', async () => {
    const asked = await made.world.request(made.world.vmRequest('own'), {
      token: made.world.tokens.owner,
    })
    await made.world.settle()
    const id = asked.body.id ?? ''
    const token = made.world.tokens.approver
    const told = await made.api('POST', `/changes/${id}/approval-requests`, { token, body: {} })
    expect(told.problem).toBe('separation-of-duties')
    const second = await made.world.tokenOf('otto', 'owner')
    const { anton } = made.world.ids
    const other = await made.redeem(await made.offer('phoenix-approver', anton, second))
    expect(await made.approveBy(id, held)).toMatchObject(REFUSED)
    expect(await made.approveBy(id, other)).toMatchObject({ status: 200 })
  })

  it('takes back what was approved before the rule, and no rule lets it count again', async () => {
    await made.rule()
    const id = await made.propose('web')
    await made.world.approve(id)
    await made.rule(RULE)
    await made.world.settle()
    const change = await made.world.read(id)
    expect([change.state, change.reason]).toEqual([
      'proposed',
      'the tenant’s rules ask for approvals by credential now',
    ])
  })
})

describe('a presentation that is no approval', () => {
  it('is another member’s', async () => {
    const eva = await made.world.tokenOf('eva', 'approver')
    const hers = await made.hold('phoenix-approver', await made.world.idOf('eva'))
    const id = await made.propose('web')
    expect(await made.approveBy(id, hers)).toMatchObject(REFUSED)
    expect(await made.approveBy(id, held, eva)).toMatchObject(REFUSED)
    expect(await made.world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })

  it('is a phoenix-member’s, or of an issuer that the tenant trusts and that says the same', async () => {
    const member = await made.hold('phoenix-member', made.world.ids.anton)
    const id = await made.propose('web')
    expect((await made.approveBy(id, member)).fault).toBe('not-asked-for')
    const asked = await made.ask(id)
    const object = await made.fetchObject(asked)
    const vct = object.dcql_query.credentials[0]?.meta.vct_values?.[0] ?? ''
    const elsewhere = await newIssuer('https://issuer.example.com', START)
    await made.insist('POST', '/trusted-issuers', {
      body: { name: 'Elsewhere', kind: 'x509', value: elsewhere.rootPem },
    })
    const key = await newSigner()
    const text = await elsewhere.issue({
      ...{ claims: { member: made.world.ids.anton, tenant: 'acme' }, holder: key.publicJwk },
      fixed: { vct, iat: START / 1000 - 60, exp: START / 1000 + 86_400 },
    })
    const told = await made.answer(object, await made.presentationOf({ text, key }, object))
    expect(told).toMatchObject({ status: 400, fault: 'untrusted-issuer' })
    expect((await made.world.read(id)).approvals).toEqual([])
  })

  it('is of another tenant’s issuer', async () => {
    await made.world.createTenant('other')
    const { token, member } = await made.world.createToken('other', 'owner')
    const offered = await made.world.http('POST', '/v1/tenants/other/credential-offers', {
      ...{ token, key: 'other' },
      body: { configurations: ['phoenix-member'], member },
    })
    const offer = (await offered.json()) as Parameters<typeof made.redeem>[0]
    const theirs = await made.redeem(offer, '/v1/tenants/other', token)
    const id = await made.propose('web')
    expect((await made.approveBy(id, theirs)).fault).toBe('not-asked-for')
  })

  it('was signed for another change, another revision, or was answered already', async () => {
    const [one, two] = [await made.propose('one'), await made.propose('two')]
    const [first, second] = [await made.ask(one), await made.ask(two)]
    const object = await made.fetchObject(first)
    const signed = await made.presentationOf(held, object)
    expect((await made.answer(await made.fetchObject(second), signed)).fault).toBe('wrong-nonce')
    await made.world.insist(made.world.send('POST', `/changes/${one}/revisions`, { body: {} }))
    await made.world.settle()
    expect(await made.answer(object, signed)).toMatchObject(REFUSED)
    expect(await made.approveBy(one, held)).toMatchObject({ status: 200 })
    expect((await made.answer(object, signed)).fault).toBe('wrong-request')
    expect((await made.world.read(one)).approvals).toHaveLength(1)
  })

  it('comes while the tenant is suspended, when nobody approves anything', async () => {
    const id = await made.propose('web')
    const asked = await made.ask(id)
    const operator = made.world.operator
    await made.insist('POST', '/suspend', { token: operator, body: { reason: 'unpaid' } })
    expect(await made.show(asked, held)).toMatchObject(REFUSED)
    await made.insist('POST', '/resume', { token: operator, body: {} })
    expect((await made.world.read(id)).approvals).toEqual([])
  })

  it('comes after its holder lost the role, and the credential went with it', async () => {
    const id = await made.propose('web')
    const asked = await made.ask(id)
    await made.insist('PATCH', `/members/${made.world.ids.anton}`, {
      ...{ body: { roles: ['auditor'] }, ifMatch: '*' },
    })
    expect((await made.show(asked, held)).fault).toBe('revoked')
    expect(await made.insist('GET', `/credentials/${held.id}`)).toMatchObject({
      ...{ status: 'invalid', reason: 'the holder is no approver any more' },
    })
  })
})

describe('a credential that ends', () => {
  it.each([
    ['revoke', 'revoked'],
    ['suspend', 'suspended'],
  ] as const)('by %s before the merge takes the approval back', async (what, word) => {
    const id = await made.propose('web')
    await made.approveBy(id, held)
    await made.setStatus(held.id, what)
    await made.world.settle()
    const change = await made.world.read(id)
    expect(change).toMatchObject({
      ...{ state: 'proposed', reason: `the approver’s credential was ${word}` },
      ...{ gate: { state: 'red' }, approvals: [{ source: 'credential' }] },
    })
    expect(change.approvals[0]?.voidReason).toContain(word)
    expect((await made.world.decide('merge', id)).status).toBe(409)
  })

  it('by its own time turns the gate red in that moment, and another can take its place', async () => {
    const path = '/credential-configurations/phoenix-approver'
    await made.insist('PATCH', path, { body: { validitySeconds: 1_800 }, ifMatch: '*' })
    const short = await made.hold('phoenix-approver', made.world.ids.anton)
    const id = await made.propose('web')
    await made.approveBy(id, short)
    made.advance(1_799)
    await made.world.settle()
    expect((await made.world.read(id)).gate.state).toBe('green')
    made.advance(1)
    // Nothing else happens to the change: what is due is due by itself.
    await made.world.settle()
    const change = await made.world.read(id)
    expect(change).toMatchObject({
      ...{ state: 'proposed', reason: 'the approver’s credential has expired' },
      gate: { state: 'red' },
    })
    const anew = await made.hold('phoenix-approver', made.world.ids.anton)
    await made.approveBy(id, anew)
    expect((await made.world.read(id)).gate.state).toBe('green')
  })

  it.each(['revoke', 'suspend', 'expire'] as const)(
    'by %s between merge and promotion keeps it from live, until somebody approves again',
    async (what) => {
      const id = await made.propose('web')
      const before = live()
      await made.approveBy(id, held)
      await merge(id)
      if (what === 'expire') made.advance(400 * 86_400)
      else await made.setStatus(held.id, what)
      await made.world.settle()
      const waits = await made.world.read(id)
      expect([waits.state, live()]).toEqual(['merged', before])
      expect(waits.reason).toContain('credential no longer holds: approve it again')
      expect(waits.next.at(-1)?.how).toContain('/approval-requests')
      const anew = await made.hold('phoenix-approver', made.world.ids.anton)
      expect(await made.approveBy(id, anew)).toMatchObject({ status: 200 })
      await made.world.settle()
      const promoted = await made.world.read(id)
      expect([promoted.state, live()]).toEqual(['promoted', promoted.mergeSha])
    },
  )

  it('counts for nothing again when it comes back: the approval is given anew', async () => {
    const id = await made.propose('web')
    await made.approveBy(id, held)
    await made.setStatus(held.id, 'suspend')
    await made.setStatus(held.id, 'reinstate')
    await made.world.settle()
    expect((await made.world.read(id)).state).toBe('proposed')
    await made.approveBy(id, held)
    expect((await made.world.read(id)).state).toBe('approved')
  })

  it('after the promotion changes nothing of it', async () => {
    const id = await made.propose('web')
    await made.approveBy(id, held)
    await merge(id)
    await made.world.settle()
    await made.setStatus(held.id, 'revoke')
    await made.world.settle()
    expect((await made.world.read(id)).state).toBe('promoted')
  })
})
