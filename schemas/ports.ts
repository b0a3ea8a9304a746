// The doors out of the house, types only. Absent, denied and unreachable are three answers:
// absent is null, denied is { refused }, unreachable is a thrown Outage (the outcome is unknown; repeat under the same name).
import type { clusterVerbs } from './arc.ts'
import type { machineVerbs } from './arc-machine.ts'
import type { Ask } from './azure.ts'
import type { GitSha } from './ids.ts'
import type { Hash, LogHead } from './log.ts'
import type { NodeIdentity } from './template.ts'
import type { keyVerbs, secretVerbs } from './vault.ts'
import type { CosigningKey } from './wire.ts'

export interface CommitAuthor {
  name: string
  email: string
  /** RFC 3339; fixed per change, so that a retry makes the same commit id. */
  date: string
}

export interface PullRequest {
  number: number
  url: string
  state: 'open' | 'closed'
  merged: boolean
  mergeSha: GitSha | null
  headSha: GitSha
  headBranch: string
  baseBranch: string
  body: string
  mergedBy: string | null
  /** Number of the account that merged; absent where the forge does not say. */
  mergedByAccount?: number
}

export interface BranchTip {
  branch: string
  sha: GitSha
}

export interface BranchHead {
  sha: GitSha
  tree: GitSha
  parents: GitSha[]
  message: string
  /** E-mail address of the committer: whoever amends a commit puts his own there. */
  committer: string
}

export interface CommitSummary {
  sha: GitSha
  parents: GitSha[]
  message: string
}

/** What a comparison shows of a path: Git's id of its content on the head, null when the head has no such file. */
export interface FileState {
  path: string
  blob: GitSha | null
}

export interface Comparison {
  baseSha: GitSha
  /** Whether the base is an ancestor of the head, or the head itself. */
  forward: boolean
  /** Of the base itself, first parent first. */
  baseParents: GitSha[]
  /** On the head and not on the base, oldest first; none where they were not asked for. */
  commits: CommitSummary[]
  files: FileState[]
  /** False when the forge stopped listing files before the end. */
  filesComplete: boolean
}

export interface Review {
  login: string
  /** Number of the account; absent where the forge does not say. */
  account?: number
  state: 'approved' | 'changes_requested' | 'commented' | 'dismissed'
  headSha: GitSha
}

/** An account as the forge names it now. The number stays when the login goes to somebody else. */
export interface ForgeAccount {
  login: string
  account: number
}

/** What an installation of a forge can and cannot do. */
export interface ForgeAbilities {
  /** The required check can be pinned to our own identity. */
  pinnedGate: boolean
}

/** A Git forge, one repository. Every verb may be repeated with the same arguments: create, then adopt. */
export interface Forge {
  abilities: ForgeAbilities
  /** The commit a branch points at; null when there is no such branch. */
  readBranch(branch: string): Promise<BranchHead | null>
  /**
   * One tree with inline content over a base tree, one commit on it. Returns ids equal to Git's own; null when the forge does
   * not take the tree, as for a file to take away (content null) that the base does not have.
   */
  writeCommit(input: {
    baseTree: GitSha
    parents: GitSha[]
    files: { path: string; content: string | null }[]
    message: string
    author: CommitAuthor
  }): Promise<{ sha: GitSha; tree: GitSha } | null>
  /** Creates a branch. `exists` when the name is taken: the caller compares and adopts. */
  createBranch(branch: string, sha: GitSha): Promise<'created' | 'exists'>
  /** Moves a branch. Without force only forward. `refused` when that is not possible or not allowed. */
  moveBranch(branch: string, sha: GitSha, options: { force: boolean }): Promise<'moved' | 'refused'>
  /** `absent` when it was already gone. */
  deleteBranch(branch: string): Promise<'deleted' | 'absent'>
  /** Branches whose name begins so, in no order. */
  listBranches(prefix: string): Promise<BranchTip[]>
  /** Opens a pull request. `exists` when the head already has one: find it with findPulls. */
  openPull(input: {
    head: string
    base: string
    title: string
    body: string
  }): Promise<PullRequest | 'exists'>
  /** All pull requests of a head branch, closed ones too, lowest number first. Who merged them is not said: ask readPull. */
  findPulls(head: string): Promise<PullRequest[]>
  readPull(number: number): Promise<PullRequest | null>
  updatePull(number: number, change: { body?: string; state?: 'closed' }): Promise<void>
  /** The required check on a head: level-triggered, posting twice is the same as once. */
  postGate(input: {
    headSha: GitSha
    green: boolean
    title: string
    summary: string
    /** Markdown, below the summary. A forge that has no place for it shows what is above. */
    text?: string
    detailsUrl: string
    externalId: string
  }): Promise<void>
  /** Merges only if the head is still the expected one. */
  mergePull(
    number: number,
    input: { expectedHead: GitSha; title: string; message: string },
  ): Promise<{ merged: GitSha } | { refused: string }>
  listReviews(number: number): Promise<Review[]>
  /** An account's public SSH keys, for fetching and for signing, as lines of `authorized_keys`; null without such an account. */
  keysOf(login: string): Promise<(ForgeAccount & { keys: string[] }) | null>
  /** Git's id of a file's content at a commit; null when there is no such file. */
  readBlob(path: string, ref: string): Promise<GitSha | null>
  /** The same for many, in their order and of one commit: a call for each folder, or for each file where that is less. */
  readBlobs(paths: readonly string[], ref: string): Promise<(GitSha | null)[]>
  /** A file's text at a branch or commit; null when there is no such file, or the forge does not show it (GitHub: over 1 MB). */
  readFile(path: string, ref: string): Promise<string | null>
  /**
   * From `base` to `head`, both branches or commits; null when either is unknown. One call; `commits`: one for each hundred of them,
   * and Outage beyond 10,000.
   */
  compare(base: string, head: string, wish?: { commits: boolean }): Promise<Comparison | null>
}

/** Makes and holds node keys; only public halves come out. */
export interface NodeIdentities {
  /** Null when this installation has no key service. Idempotent by (tenant, network, node). */
  identify(input: {
    tenant: string
    network: string
    nodes: string[]
  }): Promise<NodeIdentity[] | null>
}

/** A place beyond our own reach where checkpoints are put. */
export interface LogAnchor {
  abilities: {
    kind: 'evm' | 'file'
    /** False where nothing but this installation keeps what is put there. */
    independent: boolean
  }
  /** The newest checkpoint there; null: none. */
  latest(): Promise<{ size: number; root: Hash; reference: string } | null>
  /** Idempotent by size. `refused`: a larger one is there, or one of this size with another root. */
  publish(checkpoint: {
    size: number
    root: Hash
    note: string
  }): Promise<{ reference: string } | { refused: string }>
}

/** The second party's key for checkpoints; it never leaves its vault. */
export interface CheckpointSigner {
  key(): Promise<CosigningKey>
  /** ES256 over these bytes, as r || s. */
  sign(data: Uint8Array): Promise<Uint8Array>
}

/** What the second party signed last: its own memory, which nobody else writes. */
export interface CosignedHead {
  read(): Promise<(LogHead & { origin: string }) | null>
  /** Durable when it answers. False, and nothing is written, where it is not `before` any more. */
  replace(
    before: (LogHead & { origin: string }) | null,
    after: LogHead & { origin: string },
  ): Promise<boolean>
}

/** Where encrypted exports go: a bucket, or a folder. Nothing that was put there is changed. */
export interface BackupStore {
  /** Idempotent: the same name with the same bytes. `refused`: other bytes are there. */
  put(name: string, bytes: Uint8Array): Promise<'kept' | { refused: string }>
  get(name: string): Promise<Uint8Array | null>
  /** Names that begin with this, in order. */
  list(prefix: string): Promise<string[]>
}

/** Makes and holds the ES256 keys of one tenant's issuer. */
export interface CredentialKeys {
  abilities: { keptBy: 'sealed' | 'functions' }
  /**
   * Another key for each name. `kid`: RFC 7638 thumbprint. `sealed`: what the caller keeps, and brings again to sign; null where
   * nothing leaves this place, and then the same name is the same key.
   */
  make(name: string): Promise<{
    kid: string
    publicJwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string }
    sealed: string | null
  }>
  /** ES256 over these bytes, as r || s (64 bytes); null: there is no such key here. */
  sign(key: { kid: string; sealed: string | null }, data: Uint8Array): Promise<Uint8Array | null>
}

/**
 * One owner's secrets. The table of verbs is the port: the edge asks it by the wire, the Functions ask Key Vault. Absent, conflict
 * and refused are answers; the same operation makes no second version; no answer has a value.
 */
export type SecretStore = Ask<typeof secretVerbs>

/** One owner's keys of one purpose. Private halves are made where they stay. */
export type KeyStore = Ask<typeof keyVerbs>

/**
 * One owner's machines in Azure Arc, as what is in its resource group. The table of verbs is the port: the edge asks it by the wire,
 * the Functions ask Azure Resource Manager. Absent and conflict are answers; what is removed twice is gone; a token that is minted
 * may onboard there and nothing else.
 */
export interface ClusterRegistry {
  machines: Ask<typeof machineVerbs>
  clusters: Ask<typeof clusterVerbs>
}

export type Clock = () => Date
