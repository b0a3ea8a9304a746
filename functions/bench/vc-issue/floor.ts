// Runs the Worker that pays the least for an issuance that is kept (floor.fixture.ts), and drives it as a wallet would.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWorker } from '../../cli/build.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'

const FLOOR_TOML = `
name = "floor"
main = "worker.js"
compatibility_date = "2026-10-20"
[[durable_objects.bindings]]
name = "FLOOR"
class_name = "Floor"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Floor"]
`

/** Offer, its fetch, two documents, token, nonce, credential. */
const CALLS = ['step', 'step', 'read', 'read', 'step', 'nonce', 'step']

export const startFloor = async () => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-floor-'))
  const { path } = await buildWorker({
    entry: 'functions/bench/vc-issue/floor.fixture.ts',
    outfile: join(home, 'bundle.js'),
  })
  const configPath = await writeWorkerdConfig({
    ...{ home, bundlePath: path, wranglerToml: FLOOR_TOML, address: '127.0.0.1:0', text: {} },
  })
  const workerd = await startWorkerd({ configPath })
  return {
    pid: workerd.pid,
    /** The calls of one issuance. */
    run: async (): Promise<void> => {
      for (const call of CALLS) {
        const answer = await fetch(`http://127.0.0.1:${workerd.port}/${call}`)
        if (!answer.ok) throw new Error(`the floor gave way: ${answer.status}`)
        await answer.text()
      }
    },
    stop: async (): Promise<void> => {
      await workerd.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
