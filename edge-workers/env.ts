// The bindings of the Worker, as wrangler.toml declares them. Actors are typed by their contract, not by their class.
import type { DirectoryApi, InventoryApi, TenantApi } from './actors/contracts.ts'
import type { LogApi } from './actors/log-contracts.ts'
import type { RepositoryApi } from './actors/repository-contracts.ts'

/** What a namespace of actors offers us; the contract's methods arrive as RPC. */
export interface ActorNamespace<Api> {
  idFromName(name: string): unknown
  getByName(name: string): Api
  /** Throws where the runtime cannot keep an object in a jurisdiction. */
  jurisdiction(name: string): ActorNamespace<Api>
}

export interface Env {
  TENANT: ActorNamespace<TenantApi>
  INVENTORY: ActorNamespace<InventoryApi>
  REPOSITORY: ActorNamespace<RepositoryApi>
  DIRECTORY: ActorNamespace<DirectoryApi>
  LOG: ActorNamespace<LogApi>
  /** Where people reach this installation, without a trailing slash. */
  PUBLIC_URL: string
  /** Base of the forge's REST API. */
  FORGE_API_URL: string
  /** Where people read the forge's pages; absent: derived from the pull requests themselves. */
  FORGE_WEB_URL?: string
  FORGE_APP_LOGIN: string
  /** `owner/name` of the repository that holds the clusters' entry points. */
  PLATFORM_REPOSITORY: string
  /** Of the GitHub App that Phoenix is there: its id and private key (PEM). */
  FORGE_APP_ID?: string
  FORGE_APP_KEY?: string
  /** Of the App, where one installation has all repositories; absent: looked up for each. */
  FORGE_INSTALLATION_ID?: string
  /** A personal token, where there is no App: then the gate is not pinned, and `live` moves on the laptop only. */
  FORGE_TOKEN?: string
  /** `0` where the forge counts nothing, as the laptop's own; absent: GitHub's limits are kept. */
  FORGE_LIMITS?: string
  FORGE_WEBHOOK_SECRET: string
  /** OAuth application of the forge, JSON (forge-oauth.ts): has a client secret. Absent: accounts are proved by a signature. */
  FORGE_OAUTH?: string
  BACK_OFFICE_URL: string
  /** Private JWK (Ed25519) that signs requests to the Functions and receipts. */
  EDGE_SIGNING_KEY: string
  /** 32 random bytes in hex: the root of every derived key. */
  PLATFORM_KEY: string
  /** `functions`: every actor's database is exported to the store of the Functions. Absent: nothing is. */
  BACKUPS?: string
  /** Keys of the exports (actors/backup/seal.ts). Absent: one out of PLATFORM_KEY. */
  BACKUP_KEY?: string
  /** `functions`: new keys of issuers of credentials are made and kept there. Absent: sealed in the tenant's own database. */
  CREDENTIAL_KEYS?: string
  /** `functions`: credentials are issued and asked for by Microsoft Entra Verified ID too, through the Functions. Absent: not. */
  VERIFIED_ID?: string
  /** Of the authority that this host itself has at Entra: its did.json, and its proofs (JWT) with spaces between. Absent: none. */
  VERIFIED_ID_HOST_DID?: string
  VERIFIED_ID_HOST_LINK?: string
  /** SHA-256 in hex of the secret of the installation's first operator token. */
  OPERATOR_TOKEN_DIGEST: string
  /** Identity providers that people sign in with, JSON (auth/oidc/issuers.ts). Has client secrets. Absent: none. */
  OIDC_ISSUERS?: string
  /** Requests per caller and 60 seconds, counted in each process; absent: 600, `0`: no limit. */
  RATE_LIMIT?: string
  /** Heads of tenants' logs go into the platform's log together, each so many seconds; absent: 60. */
  LOG_BATCH_SECONDS?: string
  /** No two commits of checkpoints closer than this; absent: 900. */
  LOG_PUBLISH_SECONDS?: string
  /** No two anchored checkpoints closer than this; absent: 3600. */
  LOG_ANCHOR_SECONDS?: string
  /** Where spans go: a collector of OTLP over HTTP (`https://…/v1/traces`). Absent: nobody follows anything. */
  OTLP_ENDPOINT?: string
  /** Header fields for it, `name=value,…`: has its key. */
  OTLP_HEADERS?: string
  /** How many of the requests that no caller decided about are followed, 0 to 1; absent: 0.05. */
  TRACE_RATIO?: string
  /** `laptop` where stand-ins are in use; then everything they touch says simulated. */
  DEPLOYMENT?: string
  /** The one origin that webhooks of tenants may go to without being public: only set, and only heeded, on the laptop. */
  LOCAL_WEBHOOK_ORIGIN?: string
  /** What may leave for addresses on this machine: only set on the laptop. */
  LOCAL?: { fetch: typeof fetch }
}

export const isLaptop = (env: Pick<Env, 'DEPLOYMENT'>): boolean => env.DEPLOYMENT === 'laptop'
