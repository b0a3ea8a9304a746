// Merging is not authority: between a lawful merge and the move of `live` everything is asked again, and what has gone since holds
// the move. One test for each thing that can go.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
let before: string | undefined
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  before = live()
})
afterEach(() => vi.useRealTimers())

const live = () => world.memory.branches.get('live')
const main = () => world.memory.branches.get('main')
const later = (seconds: number) => void vi.setSystemTime(Date.now() + seconds * 1000)
const manage = async (method: string, handle: string, body?: object) => {
  const answer = await world.http(method, `/v1/tenants/acme/members/${handle}`, {
    ...{ token: world.operator, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  expect(answer.status).toBe(200)
}
const removed = () => manage('DELETE', 'anton')
const demoted = () => manage('PATCH', 'anton', { roles: ['auditor'] })
/** Approved by anton and merged over the API; `live` has not moved yet. */
const merged = async (name = 'web') => {
  const { id, pullRequest } = await world.propose(world.vmRequest(name))
  await world.approve(id)
  await world.insist(world.decide('merge', id))
  expect([(await world.read(id)).state, live()]).toEqual(['merged', before])
  return { id, number: pullRequest?.number ?? 0 }
}
const outcome = async (id: string) => {
  await world.settle()
  const { state, reason } = await world.read(id)
  return { state, reason, moved: live() !== before }
}

describe('an approval that has gone since the merge', () => {
  it.each([
    ['its approver was removed', removed],
    ['its approver lost the role', demoted],
  ])('holds it for good: %s', async (_, lose) => {
    const { id } = await merged()
    await lose()
    const { state, reason, moved } = await outcome(id)
    expect([state, moved]).toEqual(['merged_unauthorised', false])
    expect(reason).toContain('its approval no longer stands')
  })

  it.each([
    ['removed', removed],
    ['demoted', demoted],
  ])('in the last moment, while it is asked whether all is frozen: %s', async (_, lose) => {
    const { id } = await merged()
    let lost = false
    world.directory.setIntercept(async (call, run) => {
      if (call === 'directory.frozen' && !lost) {
        lost = true
        await lose()
      }
      return run()
    })
    await world.settle()
    expect(lost).toBe(true)
    expect(live()).toBe(before)
    later(60)
    const { state, moved } = await outcome(id)
    expect([state, moved]).toEqual(['merged_unauthorised', false])
  })
})

describe('a reservation that has gone since the merge', () => {
  it('holds it while it is gone', async () => {
    const { id } = await merged()
    for (const { surroundings } of world.inventory.actors.values())
      surroundings.storage.sql.exec('DELETE FROM reservations')
    const { state, reason, moved } = await outcome(id)
    expect([state, moved]).toEqual(['merged', false])
    expect(reason).toContain('its reservation no longer stands')
  })
})

describe('the pull request', () => {
  /** Looked at again long after the merge, as after an outage. */
  const waited = async () => {
    const change = await merged()
    later(120)
    return change
  }

  it('with another text has it restored and waits for the next look, and says so', async () => {
    const { id, number } = await waited()
    await world.memory.forge.updatePull(number, { body: 'Nothing but a small fix.' })
    const held = await outcome(id)
    expect([held.state, held.moved]).toEqual(['merged', false])
    expect(held.reason).toContain(`the text of pull request #${number} was not its plan`)
    expect((await world.memory.forge.readPull(number))?.body).not.toContain('small fix')
    later(301)
    expect((await outcome(id)).state).toBe('promoted')
  })

  it('merged on the forge with another text waits too, at once', async () => {
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    const number = pullRequest?.number ?? 0
    world.memory.person.merge(number, 'anton')
    await world.memory.forge.updatePull(number, { body: 'Nothing but a small fix.' })
    await world.hint('closed', { merged: true })
    const held = await outcome(id)
    expect([held.state, held.moved]).toEqual(['merged', false])
    expect(held.reason).toContain('was not its plan')
  })

  it.each([
    ['head', { headSha: 'a'.repeat(40) }],
    ['merge', { mergeSha: 'a'.repeat(40) }],
  ])('with another %s than was approved holds it', async (_, other) => {
    const { id } = await waited()
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      return verb === 'readPull' ? { ...(answer as object), ...other } : answer
    })
    const { state, reason, moved } = await outcome(id)
    expect([state, moved]).toEqual(['merged', false])
    expect(reason).toContain('is not what was approved')
  })

  it('is not read again right after a merge of our own, which compared it', async () => {
    const { id } = await merged()
    const calls = world.memory.calls.length
    expect((await outcome(id)).state).toBe('promoted')
    expect(world.memory.calls.slice(calls)).not.toContain('readPull')
    expect(live()).toBe(main())
  })
})

describe('a gate that is nobody’s own', () => {
  it('moves nothing outside the laptop, and says what to set; with the App it goes on', async () => {
    const { id } = await merged()
    Object.assign(world.env, { DEPLOYMENT: 'production' })
    const { state, reason, moved } = await outcome(id)
    expect([state, moved]).toEqual(['merged', false])
    expect(reason).toMatch(/^promotion waits: .*personal token.*FORGE_APP_ID/)
    Object.assign(world.env, { FORGE_APP_ID: '1', FORGE_APP_KEY: 'x' })
    later(301)
    expect((await outcome(id)).state).toBe('promoted')
  })

  it('is refused by whoever speaks to the forge as well', async () => {
    await merged()
    Object.assign(world.env, { DEPLOYMENT: 'production' })
    const { forge } = world.memory
    const actor = world.repository.namespace.getByName('acme/infrastructure')
    const { pinnedGate } = forge.abilities
    Object.assign(forge.abilities, { pinnedGate: false })
    const asked = await actor.promote('acme/infrastructure', main() ?? '')
    Object.assign(forge.abilities, { pinnedGate })
    expect(asked).toMatchObject({ ok: false, refusal: { problem: 'not-supported' } })
    expect(live()).toBe(before)
  })
})
