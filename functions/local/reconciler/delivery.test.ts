// Reports arrive at least once and in order, over restarts and whatever Phoenix answers.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tenantEntry } from '../../../gitops/entry-points.ts'
import {
  configMap,
  createWorld,
  leaf,
  platformFiles,
  TARGETS,
  tenantFiles,
  type World,
} from './testing.ts'

let world: World
let clock = 0
beforeEach(async () => {
  clock = Date.parse('2026-08-01T10:00:00Z')
  world = await createWorld()
  const component = { wave: 20, name: 'keys', objects: [configMap('keys')] }
  world.tenant.commit({
    ...tenantFiles('argocd', world.tenant.url, [component]),
    ...tenantFiles('flux', world.tenant.url, [component]),
  })
})
afterEach(() => world.close())

const now = () => new Date(clock)

it('a restart neither doubles nor loses a report', async () => {
  const first = world.start({ now })
  await first.kick()
  const sent = world.phoenix.bodies.length
  await first.close()
  const second = world.start({ now })
  await second.kick()
  expect(world.phoenix.bodies.length).toBe(sent)
  expect(world.told('argocd', '20-keys')).toEqual(['progressing', 'healthy'])
  expect(world.told('flux', '20-keys')).toEqual(['progressing', 'healthy'])
})

it('what Phoenix could not take before the end is sent after the restart, byte for byte', async () => {
  const url = world.phoenix.url
  const first = world.start({ now, phoenixUrl: 'http://127.0.0.1:1' })
  await first.kick()
  expect(first.state().waitingReports).toBeGreaterThan(0)
  await first.close()
  clock += 60_000
  const second = world.start({ now, phoenixUrl: url })
  await second.kick()
  expect(second.state().waitingReports).toBe(0)
  expect(world.told('flux', '20-keys')).toEqual(['progressing', 'healthy'])
  // The time of the report is the time of what it says, not of its delivery.
  const times = world.phoenix.bodies.map((body) => JSON.parse(body))
  expect(times.map((body) => body.timestamp ?? body.app.status.reconciledAt)).toEqual(
    times.map(() => '2026-08-01T10:00:00.000Z'),
  )
})

it('a refused report is tried again later, in order, while others go on', async () => {
  world.phoenix.answers.push(422)
  const reconciler = world.start({ now })
  await reconciler.kick()
  // The oldest report was refused: its unit waits, the others arrived.
  expect(reconciler.state().waitingReports).toBe(2)
  expect(world.told('flux', '20-keys')).toEqual(['progressing', 'healthy'])
  await reconciler.kick()
  expect(reconciler.state().waitingReports).toBe(2)
  clock += 101
  await reconciler.kick()
  expect(reconciler.state().waitingReports).toBe(0)
  const platform = world.phoenix.reports.filter(
    ({ component, cluster }) => component === '00-platform' && cluster === 'edge-1',
  )
  expect(platform.map(({ state }) => state)).toEqual(['progressing', 'healthy'])
})

it('a delivery that was taken before counts as delivered', async () => {
  world.phoenix.answers.push(409)
  const reconciler = world.start({ now })
  await reconciler.kick()
  expect(reconciler.state().waitingReports).toBe(0)
})

it('what is refused again and again is dropped with a line in the log', async () => {
  const clusters = TARGETS.map((target) => ({ ...target, webhookSecret: 'of-somebody-else' }))
  const reconciler = world.start({ now, clusters })
  for (let turn = 0; turn < 24; turn++) {
    await reconciler.kick()
    clock += 10_001
  }
  expect(world.phoenix.reports).toEqual([])
  await reconciler.kick()
  expect(reconciler.state().waitingReports).toBe(0)
  expect(world.log.join('\n')).toMatch(/simulated reconciler: .*refused a report on \S+ \(401\)/)
})

it('a cluster without an Alert stays silent, and the log says so', async () => {
  const files = platformFiles(world.platform.url, world.tenant.url)
  const directory = 'clusters/edge-2/flux/tenant-dbis'
  const kept = Object.entries(files).filter(([path]) => !path.startsWith(`${directory}/`))
  const entry = tenantEntry({
    cluster: { name: 'edge-2', engine: 'flux' },
    tenant: 'dbis',
    repositoryUrl: world.tenant.url,
  })
  const mute = entry.objects.filter(({ kind }) => kind !== 'Alert')
  world.platform.commit({ ...Object.fromEntries(kept), ...leaf(directory, mute) })
  const reconciler = world.start({ now })
  await reconciler.kick()
  expect(world.told('flux', '20-keys')).toEqual([])
  expect(world.told('argocd', '20-keys')).toEqual(['progressing', 'healthy'])
  expect(world.log.join('\n')).toContain('edge-2 dbis/20-keys: nothing on the cluster reports this')
})
