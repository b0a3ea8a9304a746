// Planning a system over HTTP reports what its source contradicts: in the preview, in the rollout that follows, and in
// a refusal. Systems that another must stand for are planned as if it did.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { judgeContradictions } from '../../../../gitops/contradictions/contradictions.ts'
import type { Finding } from '../../../../schemas/plan.ts'

vi.mock('./foundations.ts', async (original) => ({
  ...(await original<typeof import('./foundations.ts')>()),
  missing: async () => [],
}))

let world: TenantWorld
beforeAll(async () => {
  world = await createTenantWorld()
})

const ask = async (body: { system: string; parameters: object }, preview: boolean) => {
  const query = preview ? '?validateOnly=true' : ''
  const answer = await world.http('POST', `/v1/tenants/acme/rollouts${query}`, {
    ...{ token: world.tokens.requester, key: `contradictions-${body.system}` },
    body,
  })
  const read = (await answer.json()) as { findings?: Finding[]; detail?: string }
  return { status: answer.status, ...read }
}

/** This world's one free host does not hold the cluster, and refuses it with all of the findings. */
const REFUSED: Record<string, number[]> = { sankofa: [422, 422] }
const SITES = ['lab-01', 'lab-02']
const TEMPLATES = SITES.map((host, at) => ({ host, vmId: 9000 + at }))
/** On the wire a finding has the address of its page, too. */
const all = (system: string) =>
  expect.arrayContaining(judgeContradictions(system).map((found) => expect.objectContaining(found)))

describe.each([
  ['loc_az_hci', { domain: 'hci.example.org', sites: SITES, kubernetes: { templates: TEMPLATES } }],
  ['sankofa', { domain: 'sankofa.example.org', sites: ['lab-01'] }],
  ['smom-dbis-138', { domain: 'smom.example.org', sites: SITES }],
  ['dbis_core', {}],
  ['the_order', { domain: 'order.example.org' }],
])('%s', (system, parameters) => {
  it('reports all of it in the preview, and the same when it is asked for', async () => {
    expect(judgeContradictions(system).length).toBeGreaterThan(10)
    const preview = await ask({ system, parameters }, true)
    expect(preview.findings).toEqual(all(system))
    const asked = await ask({ system, parameters }, false)
    expect([preview.status, asked.status]).toEqual(REFUSED[system] ?? [200, 202])
    expect(asked.findings).toEqual(all(system))
  })
})
