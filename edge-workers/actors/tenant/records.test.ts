// Records in Git: a change like any other, but no engine has to report on it. Promoted, it is applied by Phoenix itself.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

vi.mock('../../../templates/systems/catalogue.ts', async () => {
  const real = await vi.importActual<object>('../../../templates/systems/catalogue.ts')
  const { note } = await import('../../../templates/note.fixture.ts')
  return { ...real, findPhaseTemplate: (name: string) => (name === 'note' ? note : undefined) }
})

let world: TenantWorld
beforeEach(async () => {
  // Without any base: records need no cluster.
  world = await createTenantWorld({ tenant: { basesOn: [] } })
})

const noteRequest = (parameters: object = {}, rest: object = {}) => ({
  ...{ action: 'create', template: 'note', name: 'hello' },
  parameters: { text: 'first', ...parameters },
  ...rest,
})
const paths = () => world.memory.filesOf('live').filter((path) => path.startsWith('notes/'))
/** What the change wrote. */
const written = async (id: string) => {
  const { body } = await world.send('GET', `/changes/${id}/files`)
  return body.items as unknown as { path: string; content: string | null }[]
}
const preview = async (body: object) =>
  (await world.send('POST', '/changes?validateOnly=true', { body })).body.plan
/** Asks, confirms what goes, and lands it without any engine's word. */
const apply = async (body: object) => {
  const confirm = (await preview(body))?.destroys?.digest
  return world.land((await world.propose({ ...body, ...(confirm ? { confirm } : {}) })).id)
}
const resource = async () => {
  const { status, body } = await world.send('GET', '/resources/hello')
  return status === 200 ? (body as unknown as Record<string, unknown>) : null
}

describe('a change of records', () => {
  it('is one YAML file in Git, and applied once it is promoted', async () => {
    const proposed = await world.propose(noteRequest())
    expect(proposed).toMatchObject({ state: 'proposed', targets: [] })
    const applied = await world.land(proposed.id)
    expect(applied).toMatchObject({ state: 'applied', liveSha: applied.mergeSha, targets: [] })
    expect(paths()).toEqual(['notes/hello.yaml'])
    expect(await written(applied.id)).toMatchObject([
      { content: 'schema: "note/v1"\ntenant: "acme"\nname: "hello"\ntext: "first"\n' },
    ])
    expect(await resource()).toMatchObject({
      ...{ kind: 'note', cluster: null, state: 'applied' },
      health: { state: 'healthy', message: 'kept by Phoenix', simulated: false },
    })
  })

  it('is updated in place, and drops files only with the list confirmed', async () => {
    await apply(noteRequest({ pages: ['one', 'two'] }))
    const update = noteRequest({ text: 'second', pages: ['one'] }, { action: 'update' })
    const unconfirmed = await world.request(update)
    expect(unconfirmed.status).toBe(422)
    const plan = await preview(update)
    expect(plan?.destroys?.objects.map(({ name }) => name)).toEqual(['notes/hello/2.yaml'])
    const updated = await apply(update)
    expect(updated.state).toBe('applied')
    expect(paths()).toEqual(['notes/hello.yaml', 'notes/hello/1.yaml'])
    expect(await written(updated.id)).toMatchObject([
      { path: 'notes/hello.yaml', content: expect.stringContaining('text: "second"') },
      { path: 'notes/hello/2.yaml', content: null },
    ])
  })

  it('is removed in one step, which names the file', async () => {
    await apply(noteRequest())
    const removal = { action: 'delete', template: 'note', name: 'hello', parameters: {} }
    expect(await preview(removal)).toMatchObject({
      phase: 'remove',
      destroys: { objects: [{ kind: 'note', name: 'notes/hello.yaml', holdsData: false }] },
    })
    expect((await apply(removal)).state).toBe('applied')
    expect(paths()).toEqual([])
    expect(await resource()).toBeNull()
    expect((await apply(noteRequest({ text: 'anew' }))).state).toBe('applied')
  })

  it('is reverted by a change of its own, also its removal', async () => {
    const created = await apply(noteRequest())
    await apply(noteRequest({ text: 'second' }, { action: 'update' }))
    const removed = await apply({ ...noteRequest({}, { action: 'delete' }), parameters: {} })
    const revert = async (id: string) => {
      const { requester: token } = world.tokens
      const { id: back } = await world.insist(world.decide('revert', id, { token }))
      await world.settle()
      return world.land(back)
    }
    const back = await revert(removed.id)
    expect(back.state).toBe('applied')
    expect(await written(back.id)).toMatchObject([
      { path: 'notes/hello.yaml', content: expect.stringContaining('text: "second"') },
    ])
    expect((await revert(created.id)).state).toBe('applied')
    expect(paths()).toEqual([])
  })

  it('lies in the folder of its template under its own name, or is refused', async () => {
    for (const path of ['notes/other.yaml', 'rendered/lab/60-hello/x.yaml', 'notes/../x.yaml']) {
      const { status, body } = await world.request(noteRequest({ path }))
      expect(status).toBe(422)
      expect(body).toMatchObject({ errors: [{ rule: 'OWN-PATHS' }] })
    }
  })
})
