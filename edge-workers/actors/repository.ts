// The Repository actor: one per GitOps repository, everything that goes out to the forge in one order and within its limits.
// Throughput and order live here; correctness does not: every verb may be repeated, and the Tenant holds what is true.
import { DurableObject } from 'cloudflare:workers'
import { gte, lt, sql } from 'drizzle-orm'
import { createGitHubForge, type GitHubOptions } from '../../gitops/forges/github.ts'
import { accountBehindCode } from '../../gitops/forges/github-oauth.ts'
import { firstParents } from '../../gitops/promote.ts'
import { commitFiles, LIVE, MAIN, propose } from '../../gitops/propose.ts'
import type { Forge } from '../../schemas/ports.ts'
import { Outage, ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/repository.ts'
import { gitBlobId } from '../digest.ts'
import type { Env } from '../env.ts'
import { forgeOAuthOf } from '../forge-oauth.ts'
import { outgoing } from '../outgoing.ts'
import { type Database, openDatabase } from './database.ts'
import { migrations } from './migrations/repository.ts'
import { refuseOutage } from './outage.ts'
import type { GateInput, ProposalJob, Proposed, RepositoryApi } from './repository-contracts.ts'

/** GitHub's limits on requests that create content (docs.github.com, rate limits for the REST API). */
const WRITES_PER_MINUTE = 80
const WRITES_PER_HOUR = 500
const WRITING_VERBS = new Set<keyof Forge>([
  'writeCommit',
  'createBranch',
  'moveBranch',
  'deleteBranch',
  'openPull',
  'updatePull',
  'postGate',
  'mergePull',
])

/** Seconds until the next full period of so many seconds begins. */
const untilNext = (period: number): number => period - (Math.floor(Date.now() / 1000) % period)

type Connect = (options: GitHubOptions) => Forge

export class Repository extends DurableObject<Env> implements RepositoryApi {
  readonly #db: Database<typeof tables>

  readonly #connect: Connect

  /** The runtime gives two arguments; a test may put another adapter of the Forge port in the third. */
  constructor(state: DurableObjectState, env: Env, connect: Connect = createGitHubForge) {
    super(state, env)
    this.#db = openDatabase(state.storage, tables, migrations)
    this.#connect = connect
  }

  #forge(repository: string): Forge {
    const forge = this.#connect({
      baseUrl: this.env.FORGE_API_URL,
      token: this.env.FORGE_TOKEN,
      repository,
      fetch: outgoing(this.env),
    })
    return new Proxy(forge, {
      get: (target, verb: keyof Forge) => {
        if (!WRITING_VERBS.has(verb)) return target[verb]
        return (...input: unknown[]) => {
          this.#spend(verb === 'writeCommit' ? 2 : 1)
          return (target[verb] as (...args: unknown[]) => unknown)(...input)
        }
      },
    })
  }

  /** Counts writes; over the limit it is an outage with the time until there is room again. */
  #spend(count: number): void {
    const minute = Math.floor(Date.now() / 60_000)
    const rows = this.#db
      .select()
      .from(tables.writes)
      .where(gte(tables.writes.minute, minute - 59))
      .all()
    const lastHour = rows.reduce((sum, row) => sum + row.count, 0)
    const lastMinute = rows.find((row) => row.minute === minute)?.count ?? 0
    if (lastMinute + count > WRITES_PER_MINUTE)
      throw new Outage('forge', 'takes no more writes this minute', untilNext(60))
    if (lastHour + count > WRITES_PER_HOUR)
      throw new Outage('forge', 'takes no more writes this hour', 300)
    this.#db
      .insert(tables.writes)
      .values({ minute, count })
      .onConflictDoUpdate({
        target: tables.writes.minute,
        set: { count: sql`${tables.writes.count} + ${count}` },
      })
      .run()
    this.#db
      .delete(tables.writes)
      .where(lt(tables.writes.minute, minute - 59))
      .run()
  }

  /** What the forge does not answer becomes a refusal, because an error loses its class on the way to the caller. */
  async #ask<T>(repository: string, run: (forge: Forge) => Promise<Result<T>>): Promise<Result<T>> {
    try {
      return await run(this.#forge(repository))
    } catch (error) {
      const refusal = refuseOutage(error)
      if (refusal === null) throw error
      return refusal
    }
  }

  propose(repository: string, job: ProposalJob): Promise<Result<Proposed>> {
    return this.#ask(repository, async (forge) => {
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
    return this.#ask(repository, async (forge) => {
      await forge.postGate(input)
      return ok(null)
    })
  }

  readPull(
    repository: string,
    number: number,
    withReviews: boolean,
  ): ReturnType<RepositoryApi['readPull']> {
    return this.#ask(repository, async (forge) => {
      const pull = await forge.readPull(number)
      if (!pull) return ok(null)
      return ok({ pull, reviews: withReviews ? await forge.listReviews(number) : [] })
    })
  }

  restoreBody(repository: string, number: number, body: string): Promise<Result<null>> {
    return this.#ask(repository, async (forge) => {
      await forge.updatePull(number, { body })
      return ok(null)
    })
  }

  merge(
    ...[repository, input]: Parameters<RepositoryApi['merge']>
  ): ReturnType<RepositoryApi['merge']> {
    return this.#ask(repository, async (forge) => {
      const pull = await forge.readPull(input.number)
      if (!pull) return refuse('conflict', { detail: 'The pull request is gone.' })
      if (pull.merged && pull.mergeSha !== null && pull.headSha === input.expectedHead)
        return ok({ mergeSha: pull.mergeSha })
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
      const after = await forge.readPull(input.number)
      if (after?.merged && after.mergeSha !== null && after.headSha === input.expectedHead)
        return ok({ mergeSha: after.mergeSha })
      return refuse('wrong-state', { detail: `The forge did not merge: ${merged.refused}.` })
    })
  }

  closePull(repository: string, number: number): Promise<Result<null>> {
    return this.#ask(repository, async (forge) => {
      await forge.updatePull(number, { state: 'closed' })
      return ok(null)
    })
  }

  deleteBranch(repository: string, branch: string): Promise<Result<null>> {
    return this.#ask(repository, async (forge) => {
      await forge.deleteBranch(branch)
      return ok(null)
    })
  }

  pending(repository: string): ReturnType<RepositoryApi['pending']> {
    return this.#ask(repository, async (forge) => {
      const compared = await forge.compare(LIVE, MAIN)
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
    return this.#ask(repository, async (forge) => {
      const found: (string | null)[] = []
      for (const path of paths) found.push(await forge.readBlob(path, ref))
      return ok(found)
    })
  }

  difference(
    ...[repository, base, head]: Parameters<RepositoryApi['difference']>
  ): ReturnType<RepositoryApi['difference']> {
    return this.#ask(repository, async (forge) => {
      const compared = await forge.compare(base, head)
      if (!compared) return ok(null)
      const { forward, files, filesComplete } = compared
      return ok({ forward, files, filesComplete })
    })
  }

  keysOf(repository: string, login: string): ReturnType<RepositoryApi['keysOf']> {
    return this.#ask(repository, async (forge) => ok(await forge.keysOf(login)))
  }

  accountBehind(
    ...[repository, code]: Parameters<RepositoryApi['accountBehind']>
  ): ReturnType<RepositoryApi['accountBehind']> {
    return this.#ask(repository, async () => {
      const oauth = forgeOAuthOf(this.env)
      if (oauth === null) return refuse('not-supported')
      const { FORGE_API_URL: apiUrl } = this.env
      return ok(await accountBehindCode({ oauth, apiUrl, fetch: outgoing(this.env) }, code))
    })
  }

  promote(repository: string, sha: string): Promise<Result<{ liveSha: string }>> {
    return this.#ask(repository, async (forge) =>
      (await forge.moveBranch(LIVE, sha, { force: false })) === 'moved'
        ? ok({ liveSha: sha })
        : refuse('conflict', { detail: 'The forge did not move live forward.' }),
    )
  }
}
