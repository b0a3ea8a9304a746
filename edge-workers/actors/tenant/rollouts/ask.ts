// A system is asked for: its parameters, what it stands on, and every phase planned; then one transaction, and its
// phases follow by themselves.
import { eq } from 'drizzle-orm'
import { findSystem, usualInstance } from '../../../../gitops/catalog.ts'
import { blocks, finding, sortFindings } from '../../../../gitops/finding.ts'
import { toErrors } from '../../../../schemas/issues.ts'
import type { Finding, Plan } from '../../../../schemas/plan.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { RolloutRequest, type RolloutView } from '../../../../schemas/rollout.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import type { CreateRolloutInput } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { inTurn, pointers } from '../accept.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { enqueue, record } from '../context.ts'
import { missing, rolloutsOf } from './foundations.ts'
import { planPhases } from './plan-phases.ts'
import type { RolloutRow } from './rows.ts'
import { rolloutPreview, rolloutView } from './view.ts'

/** The id is a function of tenant and key, as a change's is. */
const rolloutIdOf = (context: TenantContext, key: string): string => {
  const secret = deriveKey(context.env.PLATFORM_KEY, 'rollout-id')
  return `rol_${base32(hmacSha256(secret, `${context.tenant().id}\u0000${key}`), 26)}`
}

interface Asked {
  system: System
  name: string
  parameters: Record<string, unknown>
  plans: Map<string, Plan>
  findings: Finding[]
}

/** POST …/rollouts: a preview, a rollout, or the one that an earlier request with this key began. */
export const createRollout = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, request, validateOnly }: CreateRolloutInput,
): Promise<Result<RolloutView & { replayed?: boolean }>> => {
  if (key !== null) {
    const earlier = replayOf(context.db, key)
    if (earlier) {
      return earlier.fingerprint === fingerprint
        ? ok({ ...rolloutView(context, earlier), replayed: true })
        : refuse('idempotency-key-reused')
    }
  }
  return inTurn(context, async () => {
    const asked = await readRequest(context, request)
    if (!asked.ok) return asked
    if (validateOnly || key === null) return ok(rolloutPreview(context, who, asked.value))
    const row = begin(context, who, asked.value, { key, fingerprint })
    if (!row.ok) return row
    if (row.value.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
    await context.arm()
    return ok(rolloutView(context, row.value))
  })
}

const replayOf = (db: Db | Tx, key: string): RolloutRow | undefined =>
  db.select().from(tables.rollouts).where(eq(tables.rollouts.idempotencyKey, key)).get()

/** Everything that can be refused, before anything is written. */
const readRequest = async (
  context: TenantContext,
  request: RolloutRequest,
): Promise<Result<Asked>> => {
  const system = findSystem(request.system)
  if (!system) {
    return blocked([
      finding('SYSTEM-UNKNOWN', 'There is no system of this name.', { pointer: '/system' }),
    ])
  }
  const parsed = system.parameters.safeParse(request.parameters)
  if (!parsed.success) {
    return refuse('invalid-parameters', { errors: toErrors(parsed.error.issues, '/parameters') })
  }
  const standing = [...twice(context, system), ...(await missing(context, system))]
  if (standing.length > 0) return blocked(standing)
  const name = request.name ?? instanceName(system)
  const parameters = parsed.data as Record<string, unknown>
  const planned = await planPhases(context, system, { name, parameters })
  if (!planned.ok) return planned
  const findings = sortFindings(planned.value.findings)
  return blocks(findings)
    ? blocked(findings)
    : ok({ system, name, parameters, plans: planned.value.plans, findings })
}

const blocked = (findings: Finding[]): Result<never> =>
  refuse('plan-blocked', { findings, errors: pointers(findings) })

const instanceName = ({ name }: System): string =>
  RolloutRequest.shape.name.unwrap().parse(usualInstance(name))

const twice = (context: TenantContext, { name }: System): Finding[] =>
  rolloutsOf(context, name).map(({ state }) =>
    finding('SYSTEM-UNIQUE', `There is a rollout of this system already: it is ${state}.`, {
      pointer: '/system',
    }),
  )

const begin = (
  context: TenantContext,
  who: Principal,
  { system, name, parameters }: Asked,
  { key, fingerprint }: { key: string; fingerprint: string },
): Result<RolloutRow> => {
  const at = context.now().toISOString()
  const id = rolloutIdOf(context, key)
  return transaction(context.db, (tx): Result<RolloutRow> => {
    const earlier = replayOf(tx, key)
    if (earlier) return ok(earlier)
    const [row] = tx
      .insert(tables.rollouts)
      .values({
        id,
        idempotencyKey: key,
        fingerprint,
        system: system.name,
        systemVersion: system.version,
        name,
        parameters,
        state: 'running',
        reason: null,
        requester: who.subject,
        createdAt: at,
        updatedAt: at,
        version: 1,
      })
      .returning()
      .all()
    if (!row) throw new Error('the rollout was not written')
    record(tx, {
      changeId: id,
      version: 1,
      from: 'none',
      to: 'running',
      reason: null,
      actor: who.subject,
      at,
    })
    enqueue(tx, 'advance', id, Date.parse(at))
    return ok(row)
  })
}
