// `npm run deploy:check`: what would be deployed, for each environment of wrangler.toml, without deploying it. wrangler only warns
// of what would not run on Cloudflare (an import of node: without its flag, a setting it does not know); here a warning is red.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import * as z from 'zod'
import { publicUrlFault } from '../../edge-workers/public-url.ts'
import { buildFunctions, buildWorker } from './build.ts'

const root = join(import.meta.dirname, '../..')
const Vars = z.object({ vars: z.object({ PUBLIC_URL: z.string().default('') }) })
const Environments = z.object({ env: z.record(z.string(), z.unknown()).default({}) })

/** Lines of wrangler's output that are warnings or errors, without colours. */
export const complaintsOf = (output: string): string[] =>
  output
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of terminals begin with one
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .filter((line) => /\[(?:WARNING|ERROR)\]/.test(line))
    .map((line) => line.trim())

/** The top of the file, and each of its environments. */
export const environmentsOf = (wranglerToml: string): (string | null)[] => [
  null,
  ...Object.keys(Environments.parse(parseToml(wranglerToml)).env),
]

/** Why this environment's address is none to deploy to; null: nothing is wrong with it. */
export const addressFault = (wranglerToml: string, environment: string | null): string | null => {
  const top = parseToml(wranglerToml)
  const one = environment === null ? top : Environments.parse(top).env[environment]
  return publicUrlFault(Vars.parse(one).vars.PUBLIC_URL)
}

const wranglerPath = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')

/** Resolves with everything that wrangler printed and its exit code. `config`: path of a wrangler.toml. */
export const dryRun = (
  config: string,
  environment: string | null,
): Promise<{ code: number | null; output: string }> => {
  // An empty name is the top: without it wrangler warns that it was not told which.
  const named = ['--env', environment ?? '']
  const outdir = join(dirname(config), 'dist/dry-run', environment ?? 'top')
  const child = spawn(
    process.execPath,
    [wranglerPath(), 'deploy', '--dry-run', '--config', config, '--outdir', outdir, ...named],
    { cwd: dirname(config), env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' } },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

if (process.argv[1] === import.meta.filename) {
  await Promise.all([buildWorker(), buildFunctions()])
  const config = join(root, 'wrangler.toml')
  const toml = await readFile(config, 'utf8')
  for (const environment of environmentsOf(toml)) {
    const { code, output } = await dryRun(config, environment)
    const fault = addressFault(toml, environment)
    const complaints = [...complaintsOf(output), ...(fault === null ? [] : [fault])]
    const name = environment ?? 'top of wrangler.toml'
    if (code === 0 && complaints.length === 0) {
      console.log(`${name}: ${/Total Upload: .*/.exec(output)?.[0] ?? 'would be deployed'}`)
      continue
    }
    process.exitCode = 1
    console.error(`${name}: would not be deployed cleanly\n${output}${complaints.join('\n')}`)
  }
}
