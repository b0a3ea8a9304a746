// The drill with as much of the real thing as fits into one process: the actors over SQLite, the local Git forge over HTTP, and the
// folder that the Functions of a laptop keep backups in. drill.ts bundles it, because actors want a module of the runtime's.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { createFolderStore } from '../backup/folder.ts'
import { startForge } from '../local/forge/forge.ts'
import { createTenantWorld, REPOSITORY } from '../simulator/tenant-world.ts'
import { type CoreActor, type CoreResult, drillCore } from './drill-core.ts'
import { type DrillOptions, type DrillResult, runDrill } from './drill-run.ts'

const START = Date.parse('2026-11-21T12:00:00.000Z')
const APP = { login: 'phoenix[bot]', token: 'drill-token' }

/** A tenant's database is lost. */
export const drillOnce = (seed: number, steps: number): Promise<DrillResult> =>
  drillIn(seed, steps, runDrill)

/** One of the platform's own actors is lost. */
export const drillCoreOnce = (actor: CoreActor, seed: number, steps: number): Promise<CoreResult> =>
  drillIn(seed, steps, (options) => drillCore(actor, options))

/** In a folder of its own, which is gone afterwards. Moves this process's `Date` while it runs. */
const drillIn = async <T>(
  seed: number,
  steps: number,
  run: (options: DrillOptions) => Promise<T>,
): Promise<T> => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-drill-'))
  const forge = await startForge({
    home: join(home, 'forge'),
    accounts: [{ ...APP, kind: 'app', displayName: 'Phoenix' }],
  })
  mock.timers.enable({ apis: ['Date'], now: START })
  try {
    await forge.createRepository({
      ...{ fullName: REPOSITORY, files: [{ path: 'README.md', content: '# Start\n' }] },
      ...{ message: 'Start\n', author: { name: 'P', email: 'p@example.org' } },
      date: '2026-01-01T00:00:00Z',
    })
    const apiUrl = `${forge.url}/api/v3`
    const world = await createTenantWorld({ forge: { apiUrl, token: APP.token, fetch } })
    const store = createFolderStore({ home: join(home, 'backups'), now: () => new Date() })
    return await run({
      ...{ seed, steps, world, store },
      pass: (milliseconds) => mock.timers.setTime(Date.now() + milliseconds),
      pullsOf: async (branch) => {
        const [owner] = REPOSITORY.split('/')
        const query = new URLSearchParams({ state: 'all', head: `${owner}:${branch}` })
        const response = await fetch(`${apiUrl}/repos/${REPOSITORY}/pulls?${query}`, {
          headers: { authorization: `Bearer ${APP.token}` },
        })
        const pulls = (await response.json()) as { state: string; merged_at: string | null }[]
        return pulls.map(({ state, merged_at }) => ({ state, merged: merged_at !== null }))
      },
    })
  } finally {
    mock.timers.reset()
    await forge.close()
    await rm(home, { recursive: true, force: true })
  }
}
