// `npm run self-host`: the edge on plain workerd, as systemd starts it (templates/host/systemd/phoenix-edge.service). One process
// owns the state folder; when it ends, workerd ends, and systemd starts both again. TLS is the reverse proxy's.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openStateFolder } from '../local/state-folder.ts'
import { startWorkerd } from '../local/workerd.ts'
import { writeWorkerdConfig } from '../local/workerd-config.ts'
import { buildWorker } from './build.ts'
import { readSelfHostSettings } from './self-host-settings.ts'

const root = join(import.meta.dirname, '../..')

const main = async (): Promise<void> => {
  const settings = await readSelfHostSettings(process.env)
  const folder = await openStateFolder(settings.stateFolder)
  await mkdir(join(folder.path, 'actors'), { recursive: true, mode: 0o700 })
  // The unit may not write to the checkout (ProtectSystem=strict).
  const outfile = join(settings.runtimeFolder, 'built.js')
  const { path } = await buildWorker({ outfile })
  const configPath = await writeWorkerdConfig({
    home: settings.runtimeFolder,
    actorsPath: join(folder.path, 'actors'),
    bundlePath: path,
    wranglerToml: await readFile(join(root, 'wrangler.toml'), 'utf8'),
    address: settings.address,
    text: settings.text,
    configured: settings.configured,
  })
  const workerd = await startWorkerd({
    configPath,
    log: (line) => process.stderr.write(`${line}\n`),
  })
  await folder.noteChild({ pid: workerd.pid, mark: configPath })
  process.stdout.write(`${JSON.stringify({ event: 'listen', port: workerd.port })}\n`)
  let stopping = false
  const end = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await workerd.stop()
    folder.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => void end())
  process.on('SIGINT', () => void end())
  const { code, signal } = await workerd.exited
  if (stopping) return
  process.stderr.write(`workerd ended (${signal ?? code})\n`)
  process.exit(1)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'cannot start'}\n`)
  process.exit(1)
})
