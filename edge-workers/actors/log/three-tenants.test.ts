// Three tenants with logs of their own, one log of the platform: what each of them takes away is verified by the stand-alone
// verifier, with both parties' signatures, and says nothing of the other two.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLogWorld, type LogWorld } from '../../../functions/simulator/log-world.fixture.ts'
import type { ProofBundle } from '../../../schemas/log.ts'

const FILE = join(import.meta.dirname, '../../../functions/cli/verify-log.mjs')
const { verifyBundle } = (await import(pathToFileURL(FILE).href)) as {
  verifyBundle: (bytes: Uint8Array) => string[]
}
const SLUGS = ['acme', 'beta', 'gamma']

let world: LogWorld
beforeEach(async () => {
  world = await createLogWorld()
})
afterEach(() => {
  vi.useRealTimers()
})

it('the bundles of all three verify, under one checkpoint that both have signed', async () => {
  const tenants: { id: string; token: string; member: string; slug: string }[] = []
  for (const slug of SLUGS) {
    const { id } = await world.createTenant(slug)
    const { token, member } = await world.createToken(slug, 'auditor')
    tenants.push({ id, token, member, slug })
  }
  for (const { id } of tenants)
    for (let rung = 0; rung < 5; rung += 1) {
      vi.setSystemTime(Math.max(world.tenants.alarmOf(id) ?? 0, Date.now()))
      await world.tenants.alarm(id)
    }
  expect(await world.settle()).toBe(true)
  const signers = (await world.stub.keys()).map(({ name }) => name)
  expect(signers).toHaveLength(2)
  for (const { slug, token, member } of tenants) {
    const answer = await world.send('GET', `/v1/tenants/${slug}/log/bundle?subject=${member}`, {
      token,
    })
    expect(answer.status).toBe(200)
    const text = await answer.text()
    const said = verifyBundle(new TextEncoder().encode(text)).join('\n')
    for (const name of signers) expect(said).toContain(name)
    expect((JSON.parse(text) as ProofBundle).platform).not.toBeNull()
    for (const other of tenants.filter((each) => each.slug !== slug)) {
      expect(text).not.toContain(other.id)
      expect(text).not.toContain(other.member)
    }
  }
})
