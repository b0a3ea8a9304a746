// The Repository actor: one per GitOps repository, everything that goes out to the forge in one order and within its limits.
// Throughput and order live here; correctness does not: every verb may be repeated, and the Tenant holds what is true.
import { DurableObject } from 'cloudflare:workers'
import { createGitHubForge, type GitHubOptions } from '../../gitops/forges/github.ts'
import { accountBehindCode } from '../../gitops/forges/github-oauth.ts'
import { publishCheckpoint, readPublished } from '../../gitops/log/branch.ts'
import type { Ours } from '../../gitops/message.ts'
import { firstParents } from '../../gitops/promote.ts'
import { commitFiles, deleteOwn, LIVE, MAIN, propose } from '../../gitops/propose.ts'
import { readUndoing } from '../../gitops/undo.ts'
import type { Forge, PullRequest } from '../../schemas/ports.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/repository.ts'
import { gitBlobId } from '../digest.ts'
import { type Env, isLaptop } from '../env.ts'
import { type Connection, createConnections } from '../forge-credentials/connect.ts'
import { NotInstalled } from '../forge-credentials/installation-tokens.ts'
import { forgeOAuthOf } from '../forge-oauth.ts'
import { outgoing } from '../outgoing.ts'
import { type Database, openDatabase } from './database.ts'
import { migrations } from './migrations/repository.ts'
import { refuseOutage } from './outage.ts'
import { BUDGET, type Cost, heed, type Payment, pay, type Said } from './repository/limits.ts'
import { type Budget, spending } from './repository/purse.ts'
import { createTurns } from './repository/turns.ts'
import type { GateInput, ProposalJob, Proposed, RepositoryApi } from './repository-contracts.ts'

/** What each piece of work asks of the forge when nothing goes wrong. */
const COSTS = {
  propose: { writes: 4, reads: 1 },
  write: { writes: 1, reads: 0 },
  merge: { writes: 1, reads: 1 },
  read: { writes: 0, reads: 1 },
  publish: { writes: 3, reads: 2 },
} as const satisfies Record<string, Cost>
/** Pieces of work under way at once, each with one request at a time. */
const AT_ONCE = 4

type Connect = (options: GitHubOptions) => Forge

/** The commit that this head was merged into main as; null where it was not. */
const mergeOf = (pull: PullRequest | null, head: string): string | null =>
  pull?.merged && pull.headSha === head && pull.baseBranch === MAIN ? pull.mergeSha : null

/** Looking finds nothing there; writing goes on being tried until somebody lets us in. */
const absentWhereNotInstalled = (error: unknown): null => {
  if (error instanceof NotInstalled) return null
  throw error
}

export class Repository extends DurableObject<Env> implements RepositoryApi {
  readonly #db: Database<typeof tables>

  readonly #connect: Connect
  readonly #connection: (repository: string) => Connection
  readonly #turns = createTurns(AT_ONCE)

  /** The runtime gives two arguments; a test may put another adapter of the Forge port in the third. */
  constructor(state: DurableObjectState, env: Env, connect: Connect = createGitHubForge) {
    super(state, env)
    this.#db = openDatabase(state.storage, tables, migrations)
    this.#connect = connect
    this.#connection = createConnections(env)
  }

  #forge(repository: string, work: keyof typeof COSTS): Forge {
    const { fetch: sent, ...credential } = this.#connection(repository)
    return this.#connect({
      ...{ baseUrl: this.env.FORGE_API_URL, ...credential, repository },
      fetch:
        this.env.FORGE_LIMITS === '0'
          ? sent
          : spending(sent, this.#budget(repository, work), COSTS[work]),
    })
  }

  /** Kept by another object of this class: every repository behind the credential pays there. */
  #budget(repository: string, work: keyof typeof COSTS): Budget {
    const keeper = this.env.REPOSITORY.getByName(BUDGET)
    return {
      pay: (cost) => keeper.pay({ ...cost, repository, begun: work !== 'propose' }),
      heed: (said) => keeper.heed(said),
    }
  }

  async pay(payment: Payment): Promise<Result<null>> {
    return pay(this.#db, payment, Date.now())
  }

  async heed(said: Said): Promise<void> {
    heed(this.#db, said, Date.now())
  }

  /** What the forge does not answer becomes a refusal, because an error loses its class on the way to the caller. */
  #ask<T>(
    repository: string,
    work: keyof typeof COSTS,
    run: (forge: Forge) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return this.#turns(async () => {
      try {
        return await run(this.#forge(repository, work))
      } catch (error) {
        const refusal = refuseOutage(error)
        if (refusal === null) throw error
        return refusal
      }
    })
  }

  propose(repository: string, job: ProposalJob): Promise<Result<Proposed>> {
    return this.#ask(repository, 'propose', async (forge) => {
      const input = { ...job, publicUrl: this.env.PUBLIC_URL }
      const proposed = await propose(forge, input)
      if (!proposed.ok) return proposed
      const written = commitFiles(input).map(({ path, content }) => ({
        path,
        blob: content === null ? null : gitBlobId(content),
      }))
      return ok({ ...proposed.value, written })
    })
  }

  gate(repository: string, input: GateInput): Promise<Result<null>> {
    return this.#ask(repository, 'write', async (forge) => {
      await forge.postGate(input)
      return ok(null)
    })
  }

  readPull(
    repository: string,
    number: number,
    withReviews: boolean,
  ): ReturnType<RepositoryApi['readPull']> {
    return this.#ask(repository, 'read', async (forge) => {
      const pull = await forge.readPull(number)
      if (!pull) return ok(null)
      return ok({ pull, reviews: withReviews ? await forge.listReviews(number) : [] })
    })
  }

  restoreBody(repository: string, number: number, body: string): Promise<Result<null>> {
    return this.#ask(repository, 'write', async (forge) => {
      await forge.updatePull(number, { body })
      return ok(null)
    })
  }

  merge(
    ...[repository, input]: Parameters<RepositoryApi['merge']>
  ): ReturnType<RepositoryApi['merge']> {
    return this.#ask(repository, 'merge', async (forge) => {
      const pull = await forge.readPull(input.number)
      if (!pull) return refuse('conflict', { detail: 'The pull request is gone.' })
      if (pull.baseBranch !== MAIN)
        return refuse('wrong-state', {
          detail:
            'The pull request is not into main: set its base back to main on the forge, and merge again.',
        })
      const earlier = mergeOf(pull, input.expectedHead)
      if (earlier !== null) return ok({ mergeSha: earlier })
      if (pull.state !== 'open')
        return refuse('wrong-state', { detail: 'The pull request is closed.' })
      if (pull.headSha !== input.expectedHead)
        return refuse('wrong-state', {
          detail: 'The head of the pull request has moved: approvals are void.',
        })
      if (pull.body.replaceAll('\r\n', '\n').trimEnd() !== input.expectedBody.trimEnd()) {
        await forge.updatePull(input.number, { body: input.expectedBody })
        return refuse('wrong-state', {
          detail:
            'The body of the pull request was not the plan; it has been restored. Read it and merge again.',
        })
      }
      const merged = await forge.mergePull(input.number, input)
      if ('merged' in merged) return ok({ mergeSha: merged.merged })
      // A merge whose answer was lost is refused the second time: what counts is what the forge shows.
      const after = mergeOf(await forge.readPull(input.number), input.expectedHead)
      if (after !== null) return ok({ mergeSha: after })
      return refuse('wrong-state', { detail: `The forge did not merge: ${merged.refused}.` })
    })
  }

  closePull(repository: string, number: number): Promise<Result<null>> {
    return this.#ask(repository, 'write', async (forge) => {
      await forge.updatePull(number, { state: 'closed' })
      return ok(null)
    })
  }

  deleteBranch(repository: string, branch: string, own?: Ours): Promise<Result<null>> {
    return this.#ask(repository, 'write', async (forge) => {
      if (own) await deleteOwn(forge, branch, own)
      else await forge.deleteBranch(branch)
      return ok(null)
    })
  }

  pending(repository: string): ReturnType<RepositoryApi['pending']> {
    return this.#ask(repository, 'read', async (forge) => {
      const whole = { commits: true }
      const compared = await forge.compare(LIVE, MAIN, whole).catch(absentWhereNotInstalled)
      if (!compared) return refuse('conflict', { detail: 'The repository has no branch live.' })
      const { baseSha: live, commits, forward, files, filesComplete } = compared
      const head = commits.at(-1)?.sha
      const line = head === undefined ? [] : firstParents(commits, head, live)
      return ok({
        live,
        line: line.map(({ sha, message }) => ({ sha, message })),
        forward,
        files,
        filesComplete,
      })
    })
  }

  blobs(repository: string, ref: string, paths: string[]): Promise<Result<(string | null)[]>> {
    return this.#ask(repository, 'read', async (forge) => {
      return ok(await forge.readBlobs(paths, ref))
    })
  }

  difference(
    ...[repository, base, head]: Parameters<RepositoryApi['difference']>
  ): ReturnType<RepositoryApi['difference']> {
    return this.#ask(repository, 'read', async (forge) => {
      const compared = await forge.compare(base, head)
      if (!compared) return ok(null)
      const { forward, files, filesComplete } = compared
      return ok({ forward, files, filesComplete })
    })
  }

  branches(repository: string, prefix: string): ReturnType<RepositoryApi['branches']> {
    return this.#ask(repository, 'read', async (forge) => ok(await forge.listBranches(prefix)))
  }

  pullsOf(repository: string, branch: string): ReturnType<RepositoryApi['pullsOf']> {
    return this.#ask(repository, 'read', async (forge) => ok(await forge.findPulls(branch)))
  }

  history(repository: string, base: string): ReturnType<RepositoryApi['history']> {
    return this.#ask(repository, 'read', async (forge) => {
      const compared = await forge.compare(base, MAIN, { commits: true })
      const live = await forge.readBranch(LIVE)
      if (!compared || !live) return ok(null)
      return ok({ live: live.sha, commits: compared.commits })
    })
  }

  undoing(...[repository, merge]: Parameters<RepositoryApi['undoing']>) {
    return this.#ask(repository, 'read', (forge) => readUndoing(forge, merge))
  }

  file(repository: string, path: string, ref: string): Promise<Result<string | null>> {
    return this.#ask(repository, 'read', async (forge) => ok(await forge.readFile(path, ref)))
  }

  keysOf(repository: string, login: string): ReturnType<RepositoryApi['keysOf']> {
    return this.#ask(repository, 'read', async (forge) => ok(await forge.keysOf(login)))
  }

  accountBehind(
    ...[repository, code]: Parameters<RepositoryApi['accountBehind']>
  ): ReturnType<RepositoryApi['accountBehind']> {
    return this.#ask(repository, 'read', async () => {
      const oauth = forgeOAuthOf(this.env)
      if (oauth === null) return refuse('not-supported')
      const { FORGE_API_URL: apiUrl } = this.env
      return ok(await accountBehindCode({ oauth, apiUrl, fetch: outgoing(this.env) }, code))
    })
  }

  publishedLog(repository: string): ReturnType<RepositoryApi['publishedLog']> {
    return this.#ask(repository, 'read', async (forge) => ok(await readPublished(forge)))
  }

  publishLog(
    ...[repository, publication]: Parameters<RepositoryApi['publishLog']>
  ): ReturnType<RepositoryApi['publishLog']> {
    return this.#ask(repository, 'publish', (forge) => publishCheckpoint(forge, publication))
  }

  promote(repository: string, sha: string): Promise<Result<{ liveSha: string }>> {
    return this.#ask(repository, 'write', async (forge) => {
      // The tenant has said so already (promotion-bars.ts); whoever asks without it gets no further.
      if (!forge.abilities.pinnedGate && !isLaptop(this.env)) return refuse('not-supported')
      return (await forge.moveBranch(LIVE, sha, { force: false })) === 'moved'
        ? ok({ liveSha: sha })
        : refuse('conflict', { detail: 'The forge did not move live forward.' })
    })
  }
}
