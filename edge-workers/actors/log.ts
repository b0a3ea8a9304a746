// The Log actor: one per installation. Takes the heads of tenants' logs, appends them to the platform's own in batches, has its
// checkpoints signed twice, and puts them where neither we nor a tenant can take them back. One file per concern in log/.
import { DurableObject } from 'cloudflare:workers'
import type { CheckpointView, LogHead, LogKey, PlatformEvent } from '../../schemas/log.ts'
import { Outage, ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/log.ts'
import { createBackOffice } from '../back-office.ts'
import type { Env } from '../env.ts'
import { outgoing } from '../outgoing.ts'
import { backUpActor, type RestoreAsked, restoreActor } from './backup/platform.ts'
import type { Page, PageRequest } from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import { showNewest } from './log/checkpoints.ts'
import type { LogContext } from './log/context.ts'
import { appendEvent, listKnownTenants, noteHead, readHead } from './log/heads.ts'
import { noteEdgeKey, readKeys } from './log/keys.ts'
import { proveConsistency, proveHead, proveInclusion } from './log/proofs.ts'
import { sizeOf } from './log/tree.ts'
import { nextDue, runDue, schedule } from './log/work.ts'
import type { HeadProof, KnownKey, LogApi } from './log-contracts.ts'
import { migrations } from './migrations/log.ts'
import { repositoryStub } from './stubs.ts'

/** So long whoever asks waits for the forge; then he is told to come again. */
const COMPARING_MILLISECONDS = 10_000

const SOUND =
  'The log that is here is the one whose checkpoint was published, and longer than that of this backup: in its place the older one would be refused for good.'

export class Log extends DurableObject<Env> implements LogApi {
  readonly #context: LogContext
  #running: Promise<number> | null = null

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const now = () => new Date()
    this.#context = {
      db: openDatabase(state.storage, tables, migrations),
      env,
      now,
      repository: () => repositoryStub(env, env.PLATFORM_REPOSITORY),
      backOffice: () =>
        createBackOffice({
          baseUrl: env.BACK_OFFICE_URL,
          signingKeyJwk: env.EDGE_SIGNING_KEY,
          fetch: outgoing(env),
          now,
        }),
      standing: { compared: null, witnessed: false, vouched: false, halted: null },
    }
    // What was published may be more than this database knows: that is looked at before anything else.
    state.waitUntil(this.#arm())
  }

  async #arm(): Promise<void> {
    schedule(this.#context)
    const due = nextDue(this.#context)
    const armed = await this.ctx.storage.getAlarm()
    if (due !== null && (armed === null || due < armed)) await this.ctx.storage.setAlarm(due)
  }

  /** One at a time: the alarm and the sweep may come together. */
  #run(): Promise<number> {
    this.#running ??= runDue(this.#context).finally(() => {
      this.#running = null
    })
    return this.#running
  }

  override async alarm(): Promise<void> {
    await this.#run()
    await this.#arm()
  }

  backUp(owner: string): Promise<boolean> {
    return backUpActor(this.ctx.storage, this.env, owner)
  }

  async restoreBackup(
    owner: string,
    { backup }: RestoreAsked,
  ): ReturnType<LogApi['restoreBackup']> {
    const { db, standing } = this.#context
    // One that has only just woken cannot say yet whether it is sound; one that cannot find out is replaced.
    await this.#requireCompared().catch(() => undefined)
    const isSound = () => !standing.halted && (standing.compared !== null || standing.vouched)
    const judge = ({ leaves = 0 }: Record<string, number>): Result<null> =>
      isSound() && leaves < sizeOf(db) ? refuse('conflict', { detail: SOUND }) : ok(null)
    const from = { owner, backup, migrations, judge }
    const restored = await restoreActor(this.ctx.storage, this.env, from)
    // What was compared with the forge was another database.
    this.#context.standing.compared = null
    this.#context.standing.witnessed = false
    this.#context.standing.vouched = false
    await this.#arm()
    return restored
  }

  async wake(): Promise<{ due: number }> {
    const due = await this.#run()
    await this.#arm()
    return { due }
  }

  /** Where a refusal has no place in the answer it is thrown as an outage, which it is to whoever asks. */
  #requireSound(): void {
    const { halted } = this.#context.standing
    if (!halted) return
    const { retryAfterSeconds } = halted.refusal
    throw new Outage('log', 'is not the one that was published', retryAfterSeconds)
  }

  /**
   * What it knows of tenants counts only when it has been compared: an older copy of this database would vouch for older copies
   * of theirs. Where the forge does not answer, that no witness contradicts is enough. Throws Outage before either, and asks at
   * once.
   */
  async #requireCompared(): Promise<void> {
    const { standing } = this.#context
    if (!standing.compared && !standing.vouched) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, COMPARING_MILLISECONDS)
      await Promise.race([this.#run(), promise])
      clearTimeout(timer)
      await this.#arm()
    }
    this.#requireSound()
    if (!standing.compared && !standing.vouched)
      throw new Outage('log', 'has not compared itself with what was published yet', 2)
  }

  async noteHead(tenantId: string, head: LogHead): Promise<Result<null>> {
    if (this.#context.standing.halted) return this.#context.standing.halted
    await this.#requireCompared()
    const noted = noteHead(this.#context, tenantId, head)
    await this.#arm()
    return noted
  }

  async headOf(tenantId: string): Promise<LogHead | null> {
    await this.#requireCompared()
    const known = readHead(this.#context.db, tenantId)
    return known ? { size: known.size, root: known.root } : null
  }

  async knownTenants(page: PageRequest): Promise<Page<string>> {
    await this.#requireCompared()
    return listKnownTenants(this.#context.db, page)
  }

  async checkpoint(): Promise<CheckpointView | null> {
    this.#requireSound()
    return showNewest(this.#context)
  }

  async proveHead(tenantId: string, size: number): Promise<HeadProof | null> {
    this.#requireSound()
    return proveHead(this.#context.db, tenantId, size)
  }

  async inclusion(
    ...[index, size]: Parameters<LogApi['inclusion']>
  ): ReturnType<LogApi['inclusion']> {
    return this.#context.standing.halted ?? proveInclusion(this.#context.db, index, size)
  }

  async consistency(
    ...[from, to]: Parameters<LogApi['consistency']>
  ): ReturnType<LogApi['consistency']> {
    return this.#context.standing.halted ?? proveConsistency(this.#context.db, from, to)
  }

  /** Also of a log that has not compared itself: what stands in it is not signed before it has. */
  async noteEvent(event: PlatformEvent): Promise<void> {
    const at = this.#context.now().toISOString()
    transaction(this.#context.db, (tx) => appendEvent(tx, event, at))
    await this.#arm()
  }

  async keys(): Promise<LogKey[]> {
    return (await this.knownKeys()).map(({ leafIndex: _, ...key }) => key)
  }

  /** Also while the log is halted: what was signed before can be checked all the same. */
  async knownKeys(): Promise<KnownKey[]> {
    const { db } = this.#context
    transaction(db, (tx) => noteEdgeKey(tx, this.#context))
    await this.#arm()
    return readKeys(db)
  }
}
