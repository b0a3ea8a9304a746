// Starts the parts of the laptop in order and ends them in reverse. Tests start it in their own process with ports of their own.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  mintToken,
  OPERATOR_TOKEN_ID,
  PLATFORM_TENANT_ID,
  secretFrom,
} from '../../edge-workers/auth/token.ts'
import { buildFunctions, buildWorker } from '../cli/build.ts'
import { liveIn } from './arm/live-in.ts'
import { startArm } from './arm/stand-in.ts'
import type { Child } from './child.ts'
import {
  AZURE,
  CLUSTERS,
  FORGE_ADMINISTRATOR,
  FORGE_APP,
  FORGE_LOGINS,
  PLATFORM_REPOSITORY,
  PLATFORM_TENANT,
  TENANT,
} from './defaults.ts'
import { platformFiles, tenantFiles } from './first-commits.ts'
import { startForge } from './forge/forge.ts'
import {
  forgeApplication,
  forgeOAuthSetting,
  linkForgeAccounts,
  sshKeyOfPerson,
} from './forge-people.ts'
import { startFunctionsHost } from './functions-host.ts'
import { startIdentityProvider } from './identity-provider/provider.ts'
import { issuersSetting } from './identity-provider/setting.ts'
import { startReconciler } from './reconciler/reconciler.ts'
import { forgeAppPublicKey, loadSecrets, publicJwks, type Secrets } from './secrets.ts'
import { type Seeded, seed } from './seed.ts'
import type { StateFolder } from './state-folder.ts'
import { startVault } from './vault/stand-in.ts'
import { startVerifiedId } from './verified-id/stand-in.ts'
import { startWebhookReceiver, subscribe, type WebhookReceiver } from './webhook-receiver.ts'
import { startWorkerd } from './workerd.ts'
import { writeWorkerdConfig } from './workerd-config.ts'

/** In every signature line of the laptop's second party: whoever has this machine has both parties' keys. */
const SIMULATED_COSIGNER = 'laptop/simulated-cosigner'
const root = join(import.meta.dirname, '../..')
const HEALTHY_WITHIN_MILLISECONDS = 15_000
/** The first commits are the same on every machine. */
const FIRST_COMMIT_DATE = '2026-01-01T00:00:00Z'

export interface LocalFile {
  url: string
  forgeUrl: string
  identityProviderUrl: string
  /** `owner/name` of the tenant's repository on the forge. */
  repository: string
  cloneUrl: string
  tenant: string
  tokens: Seeded['tokens'] & { operator: string }
  /** The operators' own tenant, with one who asks and one who approves. */
  platform: { tenant: string; repository: string; tokens: Seeded['operators'] }
  /** Accounts of the simulated forge; `administrator` may merge past the gate, as on a real one. */
  forgeTokens: { administrator: string; requester: string; approver: string }
  /** Secrets with which each cluster's engine proves itself. */
  clusters: Seeded['clusters']
  /** The page on which webhooks of the demo tenant are seen to arrive. Simulated. */
  webhookReceiverUrl: string
  /** Somebody with Microsoft Authenticator: takes offers and answers requests of the driver `entra`. Simulated. */
  holderUrl: string
  /** The stand-in of Azure Resource Manager, for the simulated agent of Azure Arc. */
  armUrl: string
  pid: number
}

export interface Laptop extends Pick<Seeded, 'waiting'> {
  local: LocalFile
  stop: () => Promise<void>
}

export interface LaptopOptions {
  folder: StateFolder
  ports: { edge: number; forge: number; functions: number; identity: number; receiver: number }
  log: (line: string) => void
  /** Told when a part ends that was not asked to. */
  onCrash: (what: string) => void
  /** Waited for before anybody can reach the product. */
  beforeOpen?: (local: LocalFile) => Promise<void>
  /** `functions`: issuers' keys are kept there; else sealed in the tenants' databases. `traces`: of both sides (otlp.ts). */
  credentialKeys?: string | undefined
  traces?: Record<string, string>
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The first operator's token: a function of the stored secret, so that every start shows the same one. */
const operatorTokenOf = ({ operatorTokenSecret }: Secrets): { token: string; digest: string } => {
  const secret = secretFrom(Buffer.from(operatorTokenSecret, 'hex'))
  return {
    token: mintToken({ tenantId: PLATFORM_TENANT_ID, tokenId: OPERATOR_TOKEN_ID, secret }),
    digest: sha256(secret),
  }
}

const healthy = async (url: string): Promise<void> => {
  const until = Date.now() + HEALTHY_WITHIN_MILLISECONDS
  for (;;) {
    const answer = await fetch(`${url}/healthz`).catch(() => null)
    if (answer?.ok) return
    if (Date.now() > until) throw new Error('The Worker does not become healthy.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export const startLaptop = async ({
  folder,
  ports,
  log,
  onCrash,
  beforeOpen,
  credentialKeys,
  traces,
}: LaptopOptions): Promise<Laptop> => {
  const secrets = await loadSecrets(folder.path)
  const operator = operatorTokenOf(secrets)
  const url = `http://127.0.0.1:${ports.edge}`
  const stops: (() => Promise<void>)[] = []
  let stopping = false
  const stop = async () => {
    stopping = true
    for (const each of stops.reverse()) await each()
    stops.length = 0
  }
  try {
    const [worker, functions, forge, provider, receiver] = await Promise.all([
      buildWorker(),
      buildFunctions(),
      openForge(folder.path, ports.forge, secrets, url),
      openIdentityProvider(ports.identity, secrets, url),
      startWebhookReceiver({
        port: ports.receiver,
        secretsPath: join(folder.path, 'webhook-secrets.json'),
      }),
    ])
    stops.push(() => receiver.close())
    stops.push(() => forge.close())
    stops.push(() => provider.close())
    const verifiedId = await startVerifiedId({
      ...{ port: 0, path: join(folder.path, 'verified-id.json') },
    })
    stops.push(() => verifiedId.close())
    const arm = await startArm({
      ...{ port: 0, path: join(folder.path, 'arm.json'), identity: verifiedId.identity },
      hasRoles: (place) => place.startsWith(`${AZURE.subscriptionId}/${AZURE.groupOf('')}`),
      liveOf: (url) => liveIn(folder.path, url),
    })
    stops.push(() => arm.close())
    const vault = await startVault({
      ...{ port: 0, folder: join(folder.path, 'vault'), identity: verifiedId.identity },
    })
    stops.push(() => vault.close())
    const startHost = (port: number, places: string[]) =>
      startFunctionsHost({
        bundlePath: functions.path,
        port,
        edgePublicJwks: publicJwks(secrets),
        statePath: join(folder.path, 'functions-host.sqlite'),
        settings: {
          BACKUP_FOLDER: join(folder.path, 'backups'),
          ANCHOR_FILE: join(folder.path, 'log-anchor.jsonl'),
          COSIGNER_FOLDER: join(folder.path, 'cosigner'),
          COSIGNER_NAME: SIMULATED_COSIGNER,
          VERIFIED_ID_FOLDER: join(folder.path, 'verified-id-requests'),
          ...{ ...traces, ...verifiedId.settings, ...vault.settings, ...arm.settingsFor(places) },
          ARC_SCOPES: JSON.stringify(`${AZURE.subscriptionId}/${AZURE.groupOf('{tenant}')}`),
          LOCAL_REROUTES: JSON.stringify({
            ...JSON.parse(verifiedId.settings.LOCAL_REROUTES),
            ...arm.routes,
            ...vault.routes,
          }),
        },
        log,
      })
    // A place in Azure is named by its tenant's id: who onboards there is said once the tenant is there, as an operator would.
    const first = await startHost(ports.functions, [])
    let host = first
    stops.push(() => host.stop())
    const start = async (port: number) => {
      const configPath = await writeWorkerdConfig({
        home: folder.path,
        bundlePath: worker.path,
        wranglerToml: await readFile(join(root, 'wrangler.toml'), 'utf8'),
        address: `127.0.0.1:${port}`,
        text: {
          ...bindings(secrets, operator.digest, url, forge.url, provider.url, host.port),
          ...(credentialKeys === 'functions' ? { CREDENTIAL_KEYS: credentialKeys } : {}),
          ...{ ...traces, LOCAL_WEBHOOK_ORIGIN: receiver.origin },
        },
      })
      const workerd = await startWorkerd({ configPath, log })
      await folder.noteChild({ pid: workerd.pid, mark: configPath })
      return workerd
    }
    // The defaults are put in place behind a port that nobody knows: who finds the product healthy finds it complete.
    const seeded = await seedBehind(await start(0), secrets, operator.token, receiver)
    await first.stop()
    host = await startHost(first.port, seeded.azurePlace === '' ? [] : [seeded.azurePlace])
    const local = {
      ...localFile(url, forge.url, provider.url, operator.token, secrets, seeded),
      webhookReceiverUrl: receiver.origin,
      holderUrl: `${verifiedId.origin}/holder`,
      armUrl: arm.origin,
    }
    await beforeOpen?.(local)
    const workerd = await start(ports.edge)
    stops.push(() => workerd.stop())
    void host.exited.then(() => stopping || onCrash('The Functions host'))
    void workerd.exited.then(() => stopping || onCrash('workerd'))
    await healthy(url)
    const reconciler = await followLive(folder.path, url, forge, seeded, log)
    stops.push(() => reconciler.close())
    return { stop, local, waiting: seeded.waiting }
  } catch (error) {
    await stop()
    throw error
  }
}

const seedBehind = async (
  workerd: Child,
  secrets: Secrets,
  operatorToken: string,
  receiver: WebhookReceiver,
): Promise<Seeded> => {
  try {
    const url = `http://127.0.0.1:${workerd.port}`
    await healthy(url)
    const seeded = await seed(url, operatorToken)
    await linkForgeAccounts(url, secrets, seeded.tokens)
    const { owner } = seeded.tokens
    if (owner !== '') await subscribe(url, owner, TENANT.slug, receiver)
    return seeded
  } finally {
    await workerd.stop()
  }
}

type Forge = Awaited<ReturnType<typeof startForge>>

const openIdentityProvider = (port: number, secrets: Secrets, publicUrl: string) => {
  const { signingKey, clientSecret, cookieKey } = secrets.identityProvider
  return startIdentityProvider({ port, publicUrl, clientSecret, cookieKey, keys: [signingKey] })
}

const openForge = async (
  home: string,
  port: number,
  secrets: Secrets,
  publicUrl: string,
): Promise<Forge> => {
  const { app, administrator, requester, approver } = secrets.forgeTokens
  const forge = await startForge({
    home: join(home, 'forge'),
    port,
    accounts: [
      { login: FORGE_APP, token: app, kind: 'app', displayName: 'Phoenix' },
      {
        login: FORGE_ADMINISTRATOR,
        token: administrator,
        kind: 'administrator',
        displayName: 'Forge administrator',
      },
      {
        login: FORGE_LOGINS.requester,
        token: requester,
        kind: 'write',
        displayName: 'Rita, requester',
        keys: [sshKeyOfPerson(secrets, 'requester').publicLine],
      },
      {
        login: FORGE_LOGINS.approver,
        token: approver,
        kind: 'write',
        displayName: 'Anton, approver',
        keys: [sshKeyOfPerson(secrets, 'approver').publicLine],
      },
    ],
    webhook: { url: `${publicUrl}/webhooks/github`, secret: secrets.forgeWebhookSecret },
    oauth: forgeApplication(secrets, publicUrl),
    app: { id: secrets.forgeApp.id, publicKey: forgeAppPublicKey(secrets), login: FORGE_APP },
  })
  const author = { name: 'Phoenix', email: 'phoenix@users.noreply.invalid' }
  const repositoryUrl = `${forge.url}/${TENANT.repository}.git`
  const tenant = { slug: TENANT.slug, repositoryUrl }
  const platformRepositoryUrl = `${forge.url}/${PLATFORM_REPOSITORY}.git`
  const message = 'Start the repository\n'
  const shared = { message, author, date: FIRST_COMMIT_DATE }
  await forge.createRepository({
    fullName: TENANT.repository,
    files: tenantFiles({ tenant, clusters: CLUSTERS }),
    ...shared,
  })
  await forge.createRepository({
    fullName: PLATFORM_REPOSITORY,
    files: platformFiles({
      clusters: CLUSTERS,
      tenants: [tenant],
      platformRepositoryUrl,
      publicUrl,
    }),
    ...shared,
  })
  return forge
}

const bindings = (
  secrets: Secrets,
  operatorDigest: string,
  url: string,
  forgeUrl: string,
  issuer: string,
  functionsPort: number,
): Record<string, string> => ({
  DEPLOYMENT: 'laptop',
  PUBLIC_URL: url,
  FORGE_API_URL: `${forgeUrl}/api/v3`,
  FORGE_WEB_URL: forgeUrl,
  FORGE_APP_LOGIN: FORGE_APP,
  FORGE_LIMITS: '0',
  PLATFORM_REPOSITORY,
  FORGE_APP_ID: secrets.forgeApp.id,
  FORGE_APP_KEY: secrets.forgeApp.key,
  FORGE_WEBHOOK_SECRET: secrets.forgeWebhookSecret,
  FORGE_OAUTH: forgeOAuthSetting(secrets, forgeUrl),
  BACK_OFFICE_URL: `http://127.0.0.1:${functionsPort}`,
  EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
  PLATFORM_KEY: secrets.platformKey,
  LOG_BATCH_SECONDS: '3',
  LOG_PUBLISH_SECONDS: '20',
  LOG_ANCHOR_SECONDS: '20',
  BACKUPS: 'functions',
  VERIFIED_ID: 'functions',
  OIDC_ISSUERS: issuersSetting({
    ...{ issuer, publicUrl: url, clientSecret: secrets.identityProvider.clientSecret },
  }),
  OPERATOR_TOKEN_DIGEST: operatorDigest,
})

const followLive = (
  home: string,
  phoenixUrl: string,
  forge: Forge,
  { clusters }: Seeded,
  log: LaptopOptions['log'],
) => {
  const gitDir = (fullName: string) => join(home, 'forge', 'repositories', `${fullName}.git`)
  return startReconciler({
    home: join(home, 'reconciler'),
    clusters,
    phoenixUrl,
    log,
    platformRepository: { fullName: PLATFORM_REPOSITORY, gitDir: gitDir(PLATFORM_REPOSITORY) },
    repositories: () => [
      {
        fullName: TENANT.repository,
        gitDir: gitDir(TENANT.repository),
        url: `${forge.url}/${TENANT.repository}.git`,
      },
    ],
  })
}

const localFile = (
  url: string,
  forgeUrl: string,
  identityProviderUrl: string,
  operator: string,
  secrets: Secrets,
  seeded: Seeded,
): Omit<LocalFile, 'webhookReceiverUrl' | 'holderUrl' | 'armUrl'> => {
  const { administrator, requester, approver } = secrets.forgeTokens
  return {
    url,
    forgeUrl,
    identityProviderUrl,
    repository: TENANT.repository,
    cloneUrl: `${forgeUrl}/${TENANT.repository}.git`,
    tenant: TENANT.slug,
    tokens: { operator, ...seeded.tokens },
    platform: {
      ...{ tenant: PLATFORM_TENANT.slug, repository: PLATFORM_REPOSITORY },
      tokens: seeded.operators,
    },
    forgeTokens: { administrator, requester, approver },
    clusters: seeded.clusters,
    pid: process.pid,
  }
}
