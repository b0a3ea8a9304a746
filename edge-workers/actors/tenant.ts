// The Tenant actor: one per tenant, the single writer of everything that is the tenant's own. It opens the door,
// hands over to one file per concern in tenant/, and keeps the alarm armed. Rules live in gitops/ and schemas/.
import { DurableObject } from 'cloudflare:workers'
import { planBody } from '../../gitops/plan-body/body.ts'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { ChangeView } from '../../schemas/change.ts'
import type { Jurisdiction } from '../../schemas/ids.ts'
import type { Action, Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { RolloutView } from '../../schemas/rollout.ts'
import * as tables from '../../schemas/tables/tenant.ts'
import type { TenantView } from '../../schemas/tenant.ts'
import type { Env } from '../env.ts'
import { pack } from '../packed.ts'
import type {
  Caller,
  NewTenant,
  Packed,
  PageRequest,
  Sent,
  TenantApi,
  Versioned,
} from './contracts.ts'
import { openDatabase, transaction } from './database.ts'
import { migrations } from './migrations/tenant.ts'
import type { InputOf, OperationName, OutputOf } from './operations-contracts.ts'
import { refuseOrThrow } from './outage.ts'
import { inventoryStub, repositoryStub } from './stubs.ts'
import { createChange } from './tenant/accept.ts'
import { tellDirectory } from './tenant/backup/tell-directory.ts'
import { type ChangeRow, readChangeRow, readPlanRow, type TenantContext } from './tenant/context.ts'
import { approve, cancel, merge, once, reject, revise } from './tenant/decisions.ts'
import { createDoorkeeper } from './tenant/enter.ts'
import { createFollowers, followedOf } from './tenant/events.ts'
import { type Period, readEvidence } from './tenant/evidence.ts'
import { filesBeside } from './tenant/files.ts'
import { takeHint } from './tenant/hints.ts'
import { type KeptViews, keepViews } from './tenant/kept-views.ts'
import { listChanges } from './tenant/list-changes.ts'
import { openLog } from './tenant/log/append.ts'
import * as standing from './tenant/log/standing.ts'
import { holdAgain, judgeHolds } from './tenant/old-holds.ts'
import type { Operation } from './tenant/operation.ts'
import { operations } from './tenant/operations.ts'
import { nextDue, runDue } from './tenant/outbox.ts'
import { acceptInvitation } from './tenant/people/acceptance.ts'
import { closeSession, openSession } from './tenant/people/sessions.ts'
import { listResources, readResource } from './tenant/resources.ts'
import { revert } from './tenant/revert.ts'
import { actionOf, actOn } from './tenant/rollouts/act.ts'
import { createRollout } from './tenant/rollouts/ask.ts'
import { ownHealth } from './tenant/rollouts/foundations.ts'
import { listRollouts, readRolloutView, readText } from './tenant/rollouts/read.ts'
import { roomChanged } from './tenant/room.ts'
import { ownRow, settle, tenantView, update } from './tenant/settings.ts'
import { reportStatus } from './tenant/statuses.ts'
import { sweepTenant } from './tenant/sweep.ts'
import { changeView } from './tenant/views.ts'
import { walletCalls } from './tenant/wallet.ts'
import { createHandlers } from './tenant/work.ts'
import { exchangeToken } from './tenant/workloads/exchange.ts'

const found = <T>(value: T | null | undefined): Result<T> =>
  value === null || value === undefined ? refuse('not-found') : ok(value)

export class Tenant extends DurableObject<Env> implements TenantApi {
  readonly #context: TenantContext
  readonly #door: ReturnType<typeof createDoorkeeper>
  readonly #views: KeptViews
  readonly #followers = createFollowers()
  #row: typeof tables.tenant.$inferSelect | undefined
  #packed: Packed<TenantView> | undefined

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const db = openDatabase(state.storage, tables, migrations, {
      onWrite: () => {
        this.#views.written()
        this.#door.forget()
        this.#packed = undefined
      },
    })
    this.#context = {
      db,
      env,
      now: () => new Date(),
      tenant: () => {
        this.#row ??= ownRow(db).get()
        if (!this.#row) throw new Error('this tenant was never initialised')
        return this.#row
      },
      tenantChanged: () => {
        this.#row = undefined
      },
      inventory: () => {
        const reached = inventoryStub(env, this.#context.tenant().jurisdiction as Jurisdiction)
        if (!reached.ok) throw new Error('the inventory of this jurisdiction is out of reach')
        return reached.value.stub
      },
      repository: () => repositoryStub(env, this.#context.tenant().repository),
      arm: () => this.#arm(),
      background: (work) => state.waitUntil(work),
      changed: () => {
        this.#row = undefined
        this.#followers.changed()
      },
    }
    openLog(db, env)
    this.#door = createDoorkeeper(this.#context)
    this.#views = keepViews(this.#context)
  }

  async #arm(): Promise<void> {
    const due = nextDue(this.#context)
    const armed = await this.ctx.storage.getAlarm()
    // Arming costs a flush: only when the next due time moves forward.
    if (due !== null && (armed === null || due < armed)) await this.ctx.storage.setAlarm(due)
  }

  override async alarm(): Promise<void> {
    const pause = await standing.pauseOf(this.#context)
    if (pause === 0) await runDue(this.#context, createHandlers(this.#context))
    const due = pause === 0 ? nextDue(this.#context) : Date.now() + pause
    if (due !== null) await this.ctx.storage.setAlarm(due)
  }

  /** Opens the door, runs, and turns what did not answer into a refusal that says when to come back. */
  async #within<T>(
    caller: Caller,
    action: Action,
    run: (who: Principal) => Promise<Result<T>> | Result<T>,
  ): Promise<Result<T>> {
    try {
      const isSettled = standing.isSettled(this.#context)
      const refused = isSettled ? null : await standing.settleFirst(this.#context, action)
      if (refused) return refused
      const who = this.#door.enter(caller, action)
      return who.ok ? await run(who.value) : who
    } catch (error) {
      return refuseOrThrow(error, action)
    }
  }

  /** A read whose answer is sent as it is. */
  #send<T>(caller: Caller, action: Action, read: () => Packed<T> | undefined): Sent<T> {
    try {
      if (!standing.isSettled(this.#context))
        return standing.settleFirst(this.#context, action).then(
          (refused) => refused ?? this.#send(caller, action, read),
          (error) => refuseOrThrow(error, action),
        )
      const who = this.#door.enter(caller, action)
      return who.ok ? (read() ?? refuse('not-found')) : who
    } catch (error) {
      return refuseOrThrow(error, action)
    }
  }

  /** A decision about a change, once per Idempotency-Key. */
  #decide(
    caller: Caller,
    action: Action,
    command: string,
    id: string,
    key: string,
    run: (who: Principal) => Promise<Result<ChangeRow>>,
  ): Promise<Result<ChangeView>> {
    return this.#within(caller, action, async (who) => {
      const result = await once(this.#context, { key, command, id, subject: who.subject }, () =>
        run(who),
      )
      return result.ok ? ok(changeView(this.#context, result.value)) : result
    })
  }

  #find = (id: string): Result<ChangeRow> => found(readChangeRow(this.#context.db, id))

  async initialise(input: NewTenant): Promise<Result<Versioned<TenantView>>> {
    const refused = input.restoring ? null : await standing.refuseNewcomer(this.#context, input.id)
    if (refused) return refused
    const made = ok(settle(this.#context, input))
    return this.#arm().then(() => made)
  }

  whoAmI(caller: Caller, action: Action): Promise<Result<Principal>> {
    return this.#within(caller, action, () => this.#door.introduce(caller, action))
  }

  readTenant(caller: Caller): Sent<TenantView> {
    return this.#send(caller, 'tenant.read', () => {
      this.#packed ??= pack(tenantView(this.#context))
      return this.#packed
    })
  }

  updateTenant(
    ...[caller, ifVersion, input]: Parameters<TenantApi['updateTenant']>
  ): Promise<Result<Versioned<TenantView>>> {
    return this.#within(caller, 'tenant.update', (who) =>
      update(this.#context, who, ifVersion, input),
    )
  }

  call<Name extends OperationName>(
    caller: Caller,
    name: Name,
    input: InputOf<Name>,
  ): Promise<Result<OutputOf<Name>>> {
    const { action, run } = operations[name] as Operation<InputOf<Name>, OutputOf<Name>>
    return this.#within(caller, action, (who) => run(this.#context, who, input))
  }

  createChange(...[caller, input]: Parameters<TenantApi['createChange']>) {
    return this.#within(caller, 'changes.create', (who) => createChange(this.#context, who, input))
  }

  listChanges(
    ...[caller, page, filter]: Parameters<TenantApi['listChanges']>
  ): ReturnType<TenantApi['listChanges']> {
    return this.#within(caller, 'changes.read', () =>
      ok(listChanges(this.#context, this.#views, page, filter)),
    )
  }

  readChange(caller: Caller, id: string): Sent<ChangeView> {
    return this.#send(caller, 'changes.read', () => this.#views.read(id))
  }

  readPlan(caller: Caller, id: string): ReturnType<TenantApi['readPlan']> {
    return this.#within(caller, 'changes.read', () => {
      const row = this.#find(id)
      if (!row.ok) return row
      const { plan } = readPlanRow(this.#context.db, row.value)
      return ok({ plan, body: planBody(plan, row.value, this.#context.env.PUBLIC_URL) })
    })
  }

  readFiles(caller: Caller, id: string): ReturnType<TenantApi['readFiles']> {
    return this.#within(caller, 'changes.read', () => {
      const row = this.#find(id)
      return row.ok ? filesBeside(this.#context, row.value) : row
    })
  }

  approveChange(
    ...[caller, id, key, { headSha }]: Parameters<TenantApi['approveChange']>
  ): Promise<Result<ChangeView>> {
    return this.#decide(caller, 'changes.approve', `approve ${headSha ?? ''}`, id, key, (who) =>
      approve(this.#context, who, id, headSha),
    )
  }

  mergeChange(caller: Caller, id: string, key: string): Promise<Result<ChangeView>> {
    return this.#decide(caller, 'changes.merge', 'merge', id, key, (who) =>
      merge(this.#context, who, id),
    )
  }

  rejectChange(
    ...[caller, id, key, reason]: Parameters<TenantApi['rejectChange']>
  ): Promise<Result<ChangeView>> {
    return this.#decide(caller, 'changes.reject', 'reject', id, key, (who) =>
      reject(this.#context, who, id, reason),
    )
  }

  cancelChange(
    ...[caller, id, key, reason]: Parameters<TenantApi['cancelChange']>
  ): Promise<Result<ChangeView>> {
    return this.#decide(caller, 'changes.revise', 'cancel', id, key, (who) =>
      cancel(this.#context, who, id, reason),
    )
  }

  reviseChange(
    ...[caller, id, key, parameters]: Parameters<TenantApi['reviseChange']>
  ): Promise<Result<ChangeView>> {
    return this.#decide(
      caller,
      'changes.revise',
      `revise ${canonicalJson(parameters)}`,
      id,
      key,
      (who) => revise(this.#context, who, id, parameters),
    )
  }

  revertChange(...[caller, id, key, reason]: Parameters<TenantApi['revertChange']>) {
    return this.#decide(caller, 'changes.revert', 'revert', id, key, (who) =>
      revert(this.#context, who, id, key, reason),
    )
  }

  follow(...[caller, id, last]: Parameters<TenantApi['follow']>): ReturnType<TenantApi['follow']> {
    return this.#within(caller, 'changes.read', () => {
      const followed = followedOf(this.#context, id)
      const mayRead = () => this.#door.enter(caller, 'changes.read').ok
      return followed.ok
        ? ok(this.#followers.follow(this.#context, followed.value, last, mayRead))
        : followed
    })
  }

  roomChanged(...[changeIds]: Parameters<TenantApi['roomChanged']>) {
    return roomChanged(this.#context, changeIds)
  }
  judgeHolds(...[changeIds]: Parameters<TenantApi['judgeHolds']>) {
    return judgeHolds(this.#context, changeIds)
  }
  holdAgain() {
    return holdAgain(this.#context)
  }
  tellDirectory(at: string) {
    return tellDirectory(this.#context, at)
  }
  async systemHealth(system: string): ReturnType<TenantApi['systemHealth']> {
    return ownHealth(this.#context, system)
  }

  createRollout(
    ...[caller, input]: Parameters<TenantApi['createRollout']>
  ): ReturnType<TenantApi['createRollout']> {
    return this.#within(caller, 'rollouts.create', (who) =>
      createRollout(this.#context, who, input),
    )
  }

  listRollouts(caller: Caller, page: PageRequest): ReturnType<TenantApi['listRollouts']> {
    return this.#within(caller, 'rollouts.read', () => ok(listRollouts(this.#context, page)))
  }

  readRollout(caller: Caller, id: string): Promise<Result<RolloutView>> {
    return this.#within(caller, 'rollouts.read', () => readRolloutView(this.#context, id))
  }

  actOnRollout(
    ...[caller, id, act]: Parameters<TenantApi['actOnRollout']>
  ): Promise<Result<RolloutView>> {
    return this.#within(caller, actionOf(act), (who) => actOn(this.#context, who, id, act))
  }

  readRolloutText(
    ...[caller, id, what]: Parameters<TenantApi['readRolloutText']>
  ): Promise<Result<string>> {
    return this.#within(caller, 'rollouts.read', () => readText(this.#context, id, what))
  }

  readEvidence(caller: Caller, pack: string, of: Period): ReturnType<TenantApi['readEvidence']> {
    return this.#within(caller, 'evidence.read', () => readEvidence(this.#context, pack, of))
  }

  listResources(
    ...[caller, page, filter]: Parameters<TenantApi['listResources']>
  ): ReturnType<TenantApi['listResources']> {
    return this.#within(caller, 'resources.read', () =>
      ok(listResources(this.#context, page, filter)),
    )
  }

  readResource(caller: Caller, name: string): ReturnType<TenantApi['readResource']> {
    return this.#within(caller, 'resources.read', () => found(readResource(this.#context, name)))
  }

  async forgeHint(...[input]: Parameters<TenantApi['forgeHint']>) {
    const result = await standing.whenLevel(this.#context, () =>
      transaction(this.#context.db, (tx) => takeHint(this.#context, tx, input)),
    )
    await this.#arm()
    return result
  }

  reportStatus(...[input]: Parameters<TenantApi['reportStatus']>) {
    return standing.whenLevel(this.#context, () => reportStatus(this.#context, input))
  }
  exchangeToken(...[input]: Parameters<TenantApi['exchangeToken']>) {
    return standing.whenLevel(this.#context, () => exchangeToken(this.#context, input))
  }
  async openSession(session: Parameters<TenantApi['openSession']>[0]): Promise<void> {
    await standing.beforeWriting(this.#context)
    openSession(this.#context, session)
  }

  async closeSession(id: string): Promise<void> {
    await standing.beforeWriting(this.#context)
    closeSession(this.#context, id)
  }

  acceptInvitation(...[input]: Parameters<TenantApi['acceptInvitation']>) {
    return standing.whenLevel(this.#context, () => acceptInvitation(this.#context, input))
  }

  wallet(...[name, input]: Parameters<TenantApi['wallet']>): ReturnType<TenantApi['wallet']> {
    return standing.whenLevel(this.#context, () => walletCalls(this.#context, name, input))
  }

  wake(): ReturnType<TenantApi['wake']> {
    return sweepTenant(this.#context)
  }
}
