// An approval by credential from end to end with the demo wallet, on a laptop: the approver is given a credential, approves a change
// by presenting it, and after its revocation the change is not promoted; with a new one it is.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CredentialOffer, IssuanceView } from '../../../../schemas/credential.ts'
import type { PresentationRequest } from '../../../../schemas/presentation.ts'
import {
  caller,
  changesOf,
  type RunningLaptop,
  type Send,
  startTestLaptop,
} from '../../../local/story-client.ts'
import { linkOf } from '../laptop.ts'
import { openDemoWallet } from './command.fixture.ts'

let laptop: RunningLaptop
let demo: Awaited<ReturnType<typeof openDemoWallet>>
beforeAll(async () => {
  demo = await openDemoWallet()
  laptop = await startTestLaptop()
})
afterAll(async () => {
  await laptop?.stop()
  await demo?.close()
})

let keys = 0
const insist = async <T>(send: Send, method: string, path: string, body?: unknown): Promise<T> => {
  keys += 1
  const answer = await send(method, `/v1/tenants/dbis${path}`, {
    ...(method === 'POST' ? { key: `approval-${keys}` } : {}),
    ...(method === 'PATCH' ? { headers: { 'if-match': '*' } } : {}),
    ...(body === undefined ? {} : { body }),
  })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body as T
}

it('approve, revoke, not promoted; approve anew, promoted', async () => {
  const { url, tokens } = laptop.local
  const [owner, requester, approver] = [tokens.owner, tokens.requester, tokens.approver].map(
    (token) => caller(url, token),
  ) as [Send, Send, Send]
  await insist(owner, 'PATCH', '', {
    settings: { approvals: [{ approvals: 1, credential: true }] },
  })
  const { items } = await insist<{ items: { id: string; roles: string[] }[] }>(
    ...([owner, 'GET', '/members'] as const),
  )
  const member = items.find(({ roles }) => roles.includes('approver'))?.id

  /** Redeems an approver's credential; its id. */
  const give = async (): Promise<string> => {
    const made = await insist<CredentialOffer>(owner, 'POST', '/credential-offers', {
      ...{ configurations: ['phoenix-approver'], member },
    })
    const redeemed = await demo.run(linkOf(made), '--pin', made.txCode ?? '')
    expect(redeemed).toMatchObject({ code: 0, said: expect.stringContaining('phoenix-approver') })
    const path = `/issuances/${made.issuance.id}`
    return (await insist<IssuanceView>(owner, 'GET', path)).credentials[0] ?? ''
  }
  const changes = changesOf(requester, 'dbis')
  const approve = async (id: string): Promise<void> => {
    const path = `/changes/${id}/approval-requests`
    const asked = await insist<PresentationRequest>(approver, 'POST', path, {})
    expect(await demo.run('present', asked.uri)).toMatchObject({
      ...{ code: 0, said: expect.stringContaining('Presented, and taken.') },
    })
    await changes.when(id, 'an approved change', ({ state }) => state === 'approved')
  }

  const credential = await give()
  const { id } = await insist<{ id: string }>(requester, 'POST', '/changes', {
    ...{ action: 'create', template: 'virtual-machine', name: 'by-credential' },
    parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
  })
  await changes.when(id, 'a proposed change', ({ state }) => state === 'proposed')
  await approve(id)
  await insist(owner, 'POST', `/credentials/${credential}/revoke`, { reason: 'the phone was lost' })
  const back = await changes.when(id, 'no approval', ({ state }) => state === 'proposed')
  expect(back.reason).toContain('credential was revoked')
  const merged = await approver('POST', `/v1/tenants/dbis/changes/${id}/merge`, { key: 'merge-1' })
  expect(merged.status).toBe(409)

  await give()
  await approve(id)
  await insist(approver, 'POST', `/changes/${id}/merge`)
  await changes.when(id, 'a promoted change', ({ state }) => /promoted|applied/.test(state))
})
