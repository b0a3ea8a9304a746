// The Log actor: one per installation. Takes the heads of tenants' logs, appends them to the platform's own in batches, has its
// checkpoints signed twice, and puts them where neither we nor a tenant can take them back. One file per concern in log/.
import { DurableObject } from 'cloudflare:workers'
import type { CheckpointView, LogHead, LogKey } from '../../schemas/log.ts'
import { Outage, type Result } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/log.ts'
import { createBackOffice } from '../back-office.ts'
import type { Env } from '../env.ts'
import { outgoing } from '../outgoing.ts'
import { backUpActor, restoreActor } from './backup/platform.ts'
import { openDatabase, transaction } from './database.ts'
import { showNewest } from './log/checkpoints.ts'
import type { LogContext } from './log/context.ts'
import { noteHead, readHead } from './log/heads.ts'
import { noteEdgeKey, readKeys } from './log/keys.ts'
import { proveConsistency, proveHead, proveInclusion } from './log/proofs.ts'
import { nextDue, runDue, schedule } from './log/work.ts'
import type { HeadProof, KnownKey, LogApi } from './log-contracts.ts'
import { migrations } from './migrations/log.ts'

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
      repository: () => env.REPOSITORY.getByName(env.PLATFORM_REPOSITORY),
      backOffice: () =>
        createBackOffice({
          baseUrl: env.BACK_OFFICE_URL,
          signingKeyJwk: env.EDGE_SIGNING_KEY,
          fetch: outgoing(env),
          now,
        }),
      standing: { compared: null, halted: null },
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

  async restoreBackup(owner: string, backup: string): ReturnType<LogApi['restoreBackup']> {
    const from = { owner, backup, migrations }
    const restored = await restoreActor(this.ctx.storage, this.env, from)
    // What was compared with the forge was another database.
    this.#context.standing.compared = null
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

  async noteHead(tenantId: string, head: LogHead): Promise<Result<null>> {
    const { halted } = this.#context.standing
    if (halted) return halted
    const noted = noteHead(this.#context, tenantId, head)
    await this.#arm()
    return noted
  }

  async headOf(tenantId: string): Promise<LogHead | null> {
    this.#requireSound()
    const known = readHead(this.#context.db, tenantId)
    return known ? { size: known.size, root: known.root } : null
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
