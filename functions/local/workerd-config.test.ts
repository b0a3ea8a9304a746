// What the generated workerd configuration says, and what of wrangler.toml it refuses.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { workerdConfig, writeWorkerdConfig } from './workerd-config.ts'

const SETTINGS = {
  bundle: 'worker.js',
  actorsPath: '/state/actors',
  address: '127.0.0.1:8787',
  text: {},
}
const TOML = `
name = "phoenix"
main = "worker.js"
compatibility_date = "2026-10-20"
compatibility_flags = ["nodejs_compat", "global_fetch_strictly_public"]
[vars]
PUBLIC_URL = "https://phoenix.example"
[[durable_objects.bindings]]
name = "TENANT"
class_name = "Tenant"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Tenant"]
`
const config = (wranglerToml: string, text: Record<string, string> = {}): string =>
  workerdConfig({ ...SETTINGS, wranglerToml, text })

it('takes the real wrangler.toml', async () => {
  const wranglerToml = await readFile(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  const text = config(wranglerToml)
  for (const name of ['TENANT', 'INVENTORY', 'REPOSITORY', 'DIRECTORY']) {
    expect(text).toContain(`(name = "${name}", durableObjectNamespace = `)
  }
  expect(text).toContain('uniqueKey = "phoenix-Tenant", enableSql = true')
})

it('replaces vars and adds secrets', () => {
  const text = config(TOML, { PUBLIC_URL: 'http://127.0.0.1:8787', PLATFORM_KEY: 'k' })
  expect(text).toContain('(name = "PUBLIC_URL", text = "http://127.0.0.1:8787")')
  expect(text).toContain('(name = "PLATFORM_KEY", text = "k")')
  expect(text).not.toContain('phoenix.example')
})

it('lets the Worker out to public addresses, and to this machine only through LOCAL', () => {
  const text = config(TOML)
  expect(text).toContain('globalOutbound = "internet"')
  expect(text).toContain('network = (allow = ["public"], ')
  expect(text).toContain('(name = "LOCAL", service = "configured")')
  expect(text).toContain('(name = "configured", network = (allow = ["127.0.0.1/32", "::1/128"], ')
})

it('names the networks and the certificates of the systems it is configured with', () => {
  const configured = { networks: ['public', '10.20.0.0/16'], certificates: ['-----BEGIN"x'] }
  const text = workerdConfig({ ...SETTINGS, wranglerToml: TOML, configured })
  expect(text).toContain('(name = "configured", network = (allow = ["public", "10.20.0.0/16"], ')
  expect(text).toContain('trustedCertificates = ["-----BEGIN\\x22x"]')
  expect(text).toContain('(name = "internet", network = (allow = ["public"], ')
})

it('names a flag only while it is not the default, so that workerd has nothing to say', () => {
  expect(config(TOML)).toContain('compatibilityFlags = ["global_fetch_strictly_public"]')
  const older = TOML.replace('2026-10-20', '2026-07-01')
  expect(config(older)).toContain('["nodejs_compat", "global_fetch_strictly_public"]')
})

it('cannot be broken out of by a value', () => {
  const text = config(TOML, { A: '"), (name = "B", text = "\\' })
  expect(text).toContain('(name = "A", text = "\\x22), (name = \\x22B\\x22, text = \\x22\\x5c")')
  expect(() => config(TOML, { A: 'a\0b' })).toThrow('NUL')
})

it.each([
  ['a database', '[[d1_databases]]\nbinding = "DB"', 'd1_databases'],
  ['a queue', '[[queues.producers]]\nbinding = "Q"', 'queues'],
  ['a var that is no text', '[vars.DEEP]\na = 1', 'expected string'],
  [
    'a class without a migration',
    '[[durable_objects.bindings]]\nname = "LOG"\nclass_name = "Log"',
    'Log has no migration',
  ],
])('refuses %s', (_name, more, message) => {
  expect(() => config(`${TOML}\n${more}`)).toThrow(message)
})

it('writes a file that only its owner reads, also over an older one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-config-'))
  const bundlePath = join(home, 'built.js')
  await writeFile(bundlePath, 'export default {}')
  await writeFile(join(home, 'workerd.capnp'), 'old', { mode: 0o644 })
  const options = { home, bundlePath, wranglerToml: TOML, address: '127.0.0.1:0', text: {} }
  const configPath = await writeWorkerdConfig(options)
  expect((await stat(configPath)).mode & 0o777).toBe(0o600)
  expect(await readFile(join(home, 'worker.js'), 'utf8')).toBe('export default {}')
  await rm(home, { recursive: true })
})
