// The Log actor: one per installation. Takes the heads of tenants' logs, appends them to the platform's own in batches, has its
// checkpoints signed twice, and puts them where neither we nor a tenant can take them back.
import { DurableObject } from 'cloudflare:workers'
import type { LogHead } from '../../schemas/log.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import * as tables from '../../schemas/tables/log.ts'
import type { Env } from '../env.ts'
import { openDatabase } from './database.ts'
import type { LogApi } from './log-contracts.ts'
import { migrations } from './migrations/log.ts'

export class Log extends DurableObject<Env> implements LogApi {
  readonly #db

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#db = openDatabase(state.storage, tables, migrations)
  }

  async noteHead(_tenantId: string, _head: LogHead): Promise<Result<null>> {
    return ok(null)
  }

  async headOf(): Promise<LogHead | null> {
    return null
  }

  async checkpoint() {
    return null
  }

  async proveHead() {
    return null
  }

  async inclusion(): ReturnType<LogApi['inclusion']> {
    return refuse('not-found')
  }

  async consistency(): ReturnType<LogApi['consistency']> {
    return refuse('not-found')
  }

  async keys() {
    return []
  }

  async wake(): Promise<{ due: number }> {
    return { due: this.#db.select().from(tables.work).all().length }
  }
}
