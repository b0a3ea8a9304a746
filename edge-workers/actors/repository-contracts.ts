// What the Repository actor offers, types only: everything that goes out to the forge. As in contracts.ts, every method may be
// repeated with the same arguments, and refusals come back as values.
import type { OAuthCode } from '../../gitops/forges/github-oauth.ts'
import type { Publication, Published } from '../../gitops/log/branch.ts'
import type { Ours } from '../../gitops/message.ts'
import type { Proposal, ProposeInput } from '../../gitops/propose.ts'
import type { Merge, Undoing } from '../../gitops/undo.ts'
import type {
  BranchTip,
  CommitSummary,
  FileState,
  ForgeAccount,
  PullRequest,
  Review,
} from '../../schemas/ports.ts'
import type { Result } from '../../schemas/result.ts'
import type { Payment, Said } from './repository/limits.ts'

/** What the Tenant asks the Repository to put on the forge. */
export type ProposalJob = Omit<ProposeInput, 'publicUrl'>

export interface Proposed extends Proposal {
  /** Git's id of each file of the commit; null where one is taken away. */
  written?: { path: string; blob: string | null }[]
}

export interface Difference {
  /** Whether the base is an ancestor of the head, or the head itself. */
  forward: boolean
  files: FileState[]
  /** False when the forge did not list all files. */
  filesComplete: boolean
}

export interface Pending extends Difference {
  live: string
  line: { sha: string; message: string }[]
}

/** What the required check on a head says. */
export interface GateInput {
  headSha: string
  green: boolean
  title: string
  summary: string
  /** Markdown, for a forge that has a place for it. */
  text?: string
  detailsUrl: string
  externalId: string
}

/** One per GitOps repository, named `owner/name`: everything that goes out to the forge, in one order, within its limits. */
export interface RepositoryApi {
  /** Only of the object that keeps the budget (repository/limits.ts). An outage, with the seconds, where there is no room. */
  pay(payment: Payment): Promise<Result<null>>
  heed(said: Said): Promise<void>
  propose(repository: string, job: ProposalJob): Promise<Result<Proposed>>
  gate(repository: string, input: GateInput): Promise<Result<null>>
  /** Reviews are read only when asked for: each read costs a call. */
  readPull(
    repository: string,
    number: number,
    withReviews: boolean,
  ): Promise<Result<{ pull: PullRequest; reviews: Review[] } | null>>
  restoreBody(repository: string, number: number, body: string): Promise<Result<null>>
  /** Reads the pull request, refuses when head or body are not what was approved, merges at that head; adopts a merge already made. */
  merge(
    repository: string,
    input: {
      number: number
      expectedHead: string
      expectedBody: string
      title: string
      message: string
    },
  ): Promise<Result<{ mergeSha: string }>>
  closePull(repository: string, number: number): Promise<Result<null>>
  /** `own`: only while its head is a commit of this change. Else no pull request would show what somebody pushed there. */
  deleteBranch(repository: string, branch: string, own?: Ours): Promise<Result<null>>
  /** Branches whose name begins so. */
  branches(repository: string, prefix: string): Promise<Result<BranchTip[]>>
  /** All pull requests of a branch, closed ones too. */
  pullsOf(repository: string, branch: string): Promise<Result<PullRequest[]>>
  /** The line of main that `live` does not have yet, oldest first, and what differs between the two. */
  pending(repository: string): Promise<Result<Pending>>
  /** Git's ids of files at a commit, in the order asked; null for a file that is not there. */
  blobs(repository: string, ref: string, paths: string[]): Promise<Result<(string | null)[]>>
  /** Where `live` is, and everything on main that came after this commit, oldest first; null when it is unknown. */
  history(
    repository: string,
    base: string,
  ): Promise<Result<{ live: string; commits: CommitSummary[] } | null>>
  /** What came over the files of a merge since, and what they were before it. Refused where main does not have it any more. */
  undoing(repository: string, merge: Merge): Promise<Result<Undoing>>
  /** A file's text at a commit; null when it is not there. */
  file(repository: string, path: string, ref: string): Promise<Result<string | null>>
  /** What differs between two commits; null when one of them is unknown. */
  difference(repository: string, base: string, head: string): Promise<Result<Difference | null>>
  /** An account's public SSH keys; null where the forge has no such account. */
  keysOf(
    repository: string,
    login: string,
  ): Promise<Result<(ForgeAccount & { keys: string[] }) | null>>
  /** Who came back from the forge with this code; null where the forge does not take it. */
  accountBehind(repository: string, code: OAuthCode): Promise<Result<ForgeAccount | null>>
  /** What the branch `log` shows; null when there is none. */
  publishedLog(repository: string): Promise<Result<Published | null>>
  /** Puts a checkpoint of the platform's log on the branch `log`; adopts one that is already there. */
  publishLog(repository: string, publication: Publication): Promise<Result<{ commit: string }>>
  /** Fast-forwards `live`. Refused when that is not possible. */
  promote(repository: string, sha: string): Promise<Result<{ liveSha: string }>>
}
