// Turns wrangler.toml into the configuration of plain workerd, so that there is one list of bindings.
// Refuses whatever plain workerd cannot give (D1, KV, queues, …) instead of leaving a binding out. Cron triggers have no
// counterpart in workerd; the launcher's own timer stands in for them.
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import * as z from 'zod'

const WranglerToml = z.strictObject({
  name: z.string(),
  main: z.string(),
  no_bundle: z.boolean().optional(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  send_metrics: z.boolean().optional(),
  vars: z.record(z.string(), z.string()).default({}),
  durable_objects: z
    .strictObject({
      bindings: z.array(z.strictObject({ name: z.string(), class_name: z.string() })),
    })
    .default({ bindings: [] }),
  migrations: z
    .array(z.strictObject({ tag: z.string(), new_sqlite_classes: z.array(z.string()) }))
    .default([]),
  triggers: z.strictObject({ crons: z.array(z.string()) }).optional(),
  /** Of Cloudflare: what plain workerd runs is the top of the file. */
  env: z.record(z.string(), z.unknown()).optional(),
})
type WranglerToml = z.infer<typeof WranglerToml>

/** Flags that became the default: naming them after that date makes workerd complain at every start. */
const DEFAULT_SINCE: Record<string, string> = { nodejs_compat: '2026-08-04' }

/** Capnp text literal (https://capnproto.org/language.html): C escapes, everything else as UTF-8. */
const quote = (text: string): string => {
  if (text.includes('\0')) throw new Error('a workerd setting contains a NUL character')
  const escaped = text.replace(/[\\"\p{Cc}]/gu, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : character
  })
  return `"${escaped}"`
}

const quoteList = (items: string[]): string => `[${items.map(quote).join(', ')}]`

const readWranglerToml = (text: string): WranglerToml => {
  const parsed = WranglerToml.safeParse(parseToml(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`wrangler.toml has what plain workerd cannot do: ${issue?.message ?? ''}`)
  }
  const { durable_objects, migrations } = parsed.data
  const sqlite = new Set(migrations.flatMap((migration) => migration.new_sqlite_classes))
  for (const { class_name } of durable_objects.bindings) {
    if (!sqlite.has(class_name)) throw new Error(`wrangler.toml: ${class_name} has no migration`)
  }
  return parsed.data
}

export interface WorkerdSettings {
  /** The text of wrangler.toml. */
  wranglerToml: string
  /** Path of the bundle, relative to the configuration file. */
  bundle: string
  /** Absolute path of an existing folder for the objects' databases. */
  actorsPath: string
  /** Where to listen, as host:port. */
  address: string
  /** Text bindings: they replace the vars of wrangler.toml and add its secrets. */
  text: Record<string, string>
  /**
   * Where the systems are that Phoenix itself is configured with (the forge, the Functions): workerd's names of networks and
   * CIDR blocks, and PEM certificates that are trusted there besides the public ones. Absent: this machine.
   */
  configured?: { networks: string[]; certificates: string[] }
}

/** The configuration as text. It holds every secret that `text` holds. */
export const workerdConfig = ({
  wranglerToml,
  bundle,
  actorsPath,
  address,
  text,
  configured = { networks: ['127.0.0.1/32', '::1/128'], certificates: [] },
}: WorkerdSettings): string => {
  const trusted = configured.certificates.length
    ? `, trustedCertificates = ${quoteList(configured.certificates)}`
    : ''
  const wrangler = readWranglerToml(wranglerToml)
  const { compatibility_date: date, durable_objects } = wrangler
  const flags = wrangler.compatibility_flags.filter((flag) => date < (DEFAULT_SINCE[flag] ?? '9'))
  const classes = [...new Set(durable_objects.bindings.map(({ class_name }) => class_name))]
  const bindings = [
    ...Object.entries({ ...wrangler.vars, ...text }).map(
      ([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`,
    ),
    ...durable_objects.bindings.map(
      ({ name, class_name }) =>
        `(name = ${quote(name)}, durableObjectNamespace = ${quote(class_name)})`,
    ),
    '(name = "LOCAL", service = "configured")',
  ]
  // The unique key names the folder of a class: changing it would lose every object.
  const namespaces = classes.map(
    (name) =>
      `(className = ${quote(name)}, uniqueKey = ${quote(`${wrangler.name}-${name}`)}, enableSql = true)`,
  )
  return `# Generated from wrangler.toml at every start. Holds secrets.
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
    (name = "configured", network = (allow = ${quoteList(configured.networks)}, tlsOptions = (trustBrowserCas = true${trusted}))),
    (name = "actors", disk = (path = ${quote(actorsPath)}, writable = true)),
  ],
  sockets = [(name = "http", address = ${quote(address)}, http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${quote(bundle)})],
  compatibilityDate = ${quote(date)},
  compatibilityFlags = ${quoteList(flags)},
  globalOutbound = "internet",
  bindings = [
    ${bindings.join(',\n    ')}
  ],
  durableObjectNamespaces = [
    ${namespaces.join(',\n    ')}
  ],
  durableObjectStorage = (localDisk = "actors"),
);
`
}

/**
 * Writes configuration (mode 0600), bundle and actors' folder into `home` and returns the configuration's path.
 * The bundle is copied, so that a build does not change what runs.
 */
export const writeWorkerdConfig = async ({
  home,
  bundlePath,
  actorsPath = join(home, 'actors'),
  ...settings
}: Omit<WorkerdSettings, 'bundle' | 'actorsPath'> & {
  home: string
  bundlePath: string
  /** Absent: below `home`. */
  actorsPath?: string
}): Promise<string> => {
  const configPath = join(home, 'workerd.capnp')
  await mkdir(actorsPath, { recursive: true, mode: 0o700 })
  await copyFile(bundlePath, join(home, 'worker.js'))
  const config = workerdConfig({ ...settings, actorsPath, bundle: 'worker.js' })
  await writeFile(configPath, config, { mode: 0o600 })
  // `mode` counts only when the file is new.
  await chmod(configPath, 0o600)
  return configPath
}
