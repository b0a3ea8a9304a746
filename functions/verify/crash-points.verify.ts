// Killed before and after every call to the forge and to the Inventory, whoever makes it and whoever is asked, in six stories: each
// ends as if nothing had happened.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  life,
  pointsOf,
  type Story,
  tell,
  walk,
} from '../../edge-workers/actors/tenant/crash.fixture.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  for (const level of ['log', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const land = async ({ decide, rest, report }: Parameters<Story>[0], id: string): Promise<void> => {
  await decide('approvals', id)
  await rest()
  await decide('merge', id)
  await rest()
  await report(id)
}

const revised: Story = async (teller) => {
  const { world, ask, decide, rest } = teller
  const { requester: token } = world.tokens
  const id = await ask(world.vmRequest('web'))
  await rest()
  await decide('approvals', id)
  const { parameters } = world.vmRequest('web', { cores: 2 })
  await decide('revisions', id, { token, body: { parameters } })
  await rest()
  await land(teller, id)
}
const withdrawn: Story = async ({ world, ask, decide, rest }) => {
  const id = await ask(world.vmRequest('web'))
  await rest()
  await decide('approvals', id)
  await decide('cancel', id, { token: world.tokens.requester, body: {} })
  await rest()
}
const updated: Story = async (teller) => {
  const { world, ask, rest, begin } = teller
  await life(teller)
  begin()
  const id = await ask(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
  await rest()
  await land(teller, id)
}
const reverted: Story = async (teller) => {
  const { world, ask, decide, rest, begin } = teller
  const id = await ask(world.vmRequest('web'))
  await rest()
  await land(teller, id)
  begin()
  const back = await decide('revert', id, { token: world.tokens.requester })
  await rest()
  await land(teller, back)
}
/** Its revert is proposed without anybody asking, and lands. */
const pastTheGate: Story = async (teller) => {
  const { world, ask, rest } = teller
  await ask(world.vmRequest('web'))
  await rest()
  world.memory.person.merge(1, 'root', { pastTheGate: true })
  await rest()
  const { body } = await world.send('GET', '/changes')
  const back = body.items?.find(({ state }) => state === 'proposed')
  if (back?.id) await land(teller, back.id)
}

it.each(Object.entries({ life, revised, withdrawn, updated, reverted, pastTheGate }))(
  '%s',
  async (name, story) => {
    const told = await tell(story)
    const points = pointsOf(told)
    await walk(story, points, told, (truth, expected, where) =>
      expect(truth, where).toEqual(expected),
    )
    console.info(`crash points of «${name}»: ${points.length}`)
  },
  600_000,
)
