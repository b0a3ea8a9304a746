// What a self-hosted edge is told: settings by the environment, secrets by files of systemd's credentials folder, which no other
// process sees. Nothing is guessed: what is missing is named, and nothing starts.
import { readdir, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { isAbsolute, join } from 'node:path'
import { publicUrlFault } from '../../edge-workers/public-url.ts'

/** Without these no request could be answered. */
const NEEDED = [
  ...(['PUBLIC_URL', 'FORGE_API_URL', 'FORGE_APP_LOGIN', 'PLATFORM_REPOSITORY'] as const),
  'BACK_OFFICE_URL',
]
const NEEDED_SECRETS = [
  ...(['PLATFORM_KEY', 'EDGE_SIGNING_KEY', 'FORGE_WEBHOOK_SECRET'] as const),
  'OPERATOR_TOKEN_DIGEST',
]
const OPTIONAL = [
  ...(['FORGE_WEB_URL', 'FORGE_APP_ID', 'FORGE_INSTALLATION_ID', 'FORGE_LIMITS'] as const),
  ...(['BACKUPS', 'CREDENTIAL_KEYS', 'VERIFIED_ID', 'RATE_LIMIT'] as const),
  ...(['VERIFIED_ID_HOST_DID', 'VERIFIED_ID_HOST_LINK'] as const),
  ...(['LOG_BATCH_SECONDS', 'LOG_PUBLISH_SECONDS', 'LOG_ANCHOR_SECONDS'] as const),
  ...(['OTLP_ENDPOINT', 'TRACE_RATIO'] as const),
]
const OPTIONAL_SECRETS = [
  ...(['FORGE_APP_KEY', 'FORGE_TOKEN', 'FORGE_OAUTH', 'BACKUP_KEY', 'OIDC_ISSUERS'] as const),
  'OTLP_HEADERS',
]

/** Every name that can be given. */
export const SELF_HOST_NAMES = [...NEEDED, ...NEEDED_SECRETS, ...OPTIONAL, ...OPTIONAL_SECRETS]

export interface SelfHostSettings {
  /** Where the objects' databases are; absolute. */
  stateFolder: string
  /** On which the configuration is written, which holds every secret; absolute, best in memory. */
  runtimeFolder: string
  address: string
  text: Record<string, string>
  configured: { networks: string[]; certificates: string[] }
}

const isNetwork = (text: string): boolean => {
  if (['public', 'private', 'local'].includes(text)) return true
  const [address = '', bits = '', more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}

const certificatesIn = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []

const folderOf = (env: NodeJS.ProcessEnv, name: string): string => {
  // systemd gives several, separated by colons, where a unit names several: ours names one.
  const path = env[name] ?? ''
  if (!isAbsolute(path) || path.includes(':'))
    throw new Error(`${name} is not one absolute folder: systemd sets it, or you do`)
  return path
}

/** Throws with the names of what is missing, and never with a value. */
export const readSelfHostSettings = async (env: NodeJS.ProcessEnv): Promise<SelfHostSettings> => {
  const credentials = folderOf(env, 'CREDENTIALS_DIRECTORY')
  const given = new Set(await readdir(credentials))
  const text: Record<string, string> = {}
  const missing: string[] = []
  for (const name of [...NEEDED, ...OPTIONAL]) {
    const value = env[name]
    if (value) text[name] = value
    else if (NEEDED.includes(name)) missing.push(name)
  }
  for (const name of [...NEEDED_SECRETS, ...OPTIONAL_SECRETS]) {
    if (given.has(name)) text[name] = (await readFile(join(credentials, name), 'utf8')).trim()
    else if (NEEDED_SECRETS.includes(name as never)) missing.push(`${name} (a credential)`)
    // Whoever puts a secret into the environment shows it to everybody who may list processes.
    if (env[name]) throw new Error(`${name} is a secret: give it as a credential`)
  }
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`)
  const fault = publicUrlFault(text.PUBLIC_URL ?? '')
  if (fault !== null) throw new Error(fault)
  const networks = (env.CONFIGURED_NETWORKS ?? 'public').split(/[\s,]+/).filter(Boolean)
  const wrong = networks.filter((each) => !isNetwork(each))
  if (wrong.length > 0) throw new Error('CONFIGURED_NETWORKS has what is no network')
  const certificates = given.has('TRUSTED_CERTIFICATES')
    ? certificatesIn(await readFile(join(credentials, 'TRUSTED_CERTIFICATES'), 'utf8'))
    : []
  return {
    stateFolder: folderOf(env, 'STATE_DIRECTORY'),
    runtimeFolder: folderOf(env, 'RUNTIME_DIRECTORY'),
    address: env.LISTEN ?? '127.0.0.1:8787',
    text,
    configured: { networks, certificates },
  }
}
