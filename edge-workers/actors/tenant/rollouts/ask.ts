// A system is asked for: its parameters, what it stands on, and every phase planned; then one transaction, and its
// phases follow by themselves.
import { and, eq, inArray } from 'drizzle-orm'
import { findSystem, usualInstance } from '../../../../gitops/catalog.ts'
import { judgeContradictions } from '../../../../gitops/contradictions/contradictions.ts'
import { blocks, finding, sortFindings } from '../../../../gitops/finding.ts'
import { judgePlaceholders } from '../../../../gitops/placeholders.ts'
import { resourceOf, withPhases } from '../../../../gitops/rollout.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import { toErrors } from '../../../../schemas/issues.ts'
import type { Finding, Plan } from '../../../../schemas/plan.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { RolloutRequest, type RolloutView } from '../../../../schemas/rollout.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, digestOf, hmacSha256 } from '../../../digest.ts'
import type { CreateRolloutInput } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { inTurn, openChangeOf, pointers } from '../accept.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { enqueue, record } from '../context.ts'
import { formsOfKey } from '../people/erasures.ts'
import { resolveParameters } from './fleets.ts'
import { missing, standingOf } from './foundations.ts'
import { planPhases } from './plan-phases.ts'
import { keepCosts } from './planned-costs.ts'
import { LIVING, type RolloutRow } from './rows.ts'
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
  /** Digests of the destroy lists, and the one digest that confirms them all. */
  destroys: string[]
  confirm: string | null
}

/** POST …/rollouts: a preview, a rollout, or the one that an earlier request with this key began. */
export const createRollout = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, request, validateOnly }: CreateRolloutInput,
): Promise<Result<RolloutView & { replayed?: boolean }>> => {
  if (validateOnly || key === null) {
    const asked = await readRequest(context, request)
    return asked.ok ? ok(rolloutPreview(context, who, asked.value)) : asked
  }
  return inTurn(context, async () => {
    // In its turn: the same key sent twice at once is one rollout.
    const earlier = replayOf(context, context.db, key)
    if (earlier) {
      return earlier.fingerprint === fingerprint
        ? ok({ ...rolloutView(context, earlier), replayed: true })
        : refuse('idempotency-key-reused')
    }
    const asked = await readRequest(context, request)
    if (!asked.ok) return asked
    const { confirm } = asked.value
    if (confirm !== null && request.confirm !== confirm) {
      const detail = 'Must be the digest that the preview returns in `confirm`.'
      return refuse('confirm-required', { errors: [{ pointer: '/confirm', detail }] })
    }
    const row = begin(context, who, asked.value, { key, fingerprint })
    if (!row.ok) return row
    if (row.value.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
    keepCosts(context, row.value.id, asked.value.plans)
    await context.arm()
    return ok(rolloutView(context, row.value))
  })
}

const replayOf = (context: TenantContext, db: Db | Tx, key: string): RolloutRow | undefined =>
  db
    .select()
    .from(tables.rollouts)
    .where(inArray(tables.rollouts.idempotencyKey, formsOfKey(context, key)))
    .get()

/** Everything that can be refused, before anything is written. */
const readRequest = async (
  context: TenantContext,
  request: RolloutRequest,
): Promise<Result<Asked>> => {
  const found = findSystem(request.system)
  if (!found) {
    return blocked([
      finding('SYSTEM-UNKNOWN', 'There is no system of this name.', { pointer: '/system' }),
    ])
  }
  const parsed = found.parameters.safeParse(request.parameters)
  if (!parsed.success) {
    return refuse('invalid-parameters', {
      errors: toErrors(parsed.error.issues, '/parameters', found.parameters),
    })
  }
  const name = request.name ?? instanceName(found)
  const read = parsed.data as Record<string, unknown>
  const resolved = await resolveParameters(context, found, name, read)
  if (!resolved.ok) return resolved
  const { parameters } = resolved.value
  const system = withPhases(found, parameters)
  const again = twice(context, system, name)
  const standing = [
    ...(again.length > 0 ? again : taken(context, system, { name, parameters })),
    ...(await missing(context, system)),
  ]
  // What the source contradicts is as true before its prerequisites are met.
  if (standing.length > 0)
    return blocked(sortFindings([...standing, ...judgeContradictions(system.name)]))
  const planned = await planPhases(context, system, { name, parameters })
  if (!planned.ok) return planned
  const { summary } = planned.value
  const findings = sortFindings([
    ...resolved.value.findings,
    ...planned.value.findings,
    ...judgePlaceholders(read),
  ])
  return blocks(findings)
    ? blocked(findings, {
        parameters: request.parameters,
        residency: [...planned.value.plans.values()].flatMap(({ residency }) => residency),
      })
    : ok({
        system,
        name,
        parameters: summary ? { ...parameters, summary } : parameters,
        plans: planned.value.plans,
        findings,
        ...toConfirm(planned.value.plans),
      })
}

const toConfirm = (plans: Map<string, Plan>): Pick<Asked, 'destroys' | 'confirm'> => {
  const destroys = [...plans.values()].flatMap(({ destroys: list }) => (list ? [list.digest] : []))
  return { destroys, confirm: destroys.length === 0 ? null : digestOf(canonicalJson(destroys)) }
}

const blocked = (findings: Finding[], asked?: Parameters<typeof pointers>[1]): Result<never> =>
  refuse('plan-blocked', { findings, errors: pointers(findings, asked) })

const instanceName = ({ name }: System): string =>
  RolloutRequest.shape.name.unwrap().parse(usualInstance(name))

/** A system stands once, or once under each name. */
const twice = (
  context: TenantContext,
  { name: system, many, repeats }: System,
  name: string,
): Finding[] =>
  standingOf(context, system)
    .filter((rollout) => !many || rollout.name === name)
    .filter(({ state }) => !repeats || state !== 'done')
    .map(({ id, state }) =>
      finding('SYSTEM-UNIQUE', `The rollout ${id} of this system is ${state}.`, {
        pointer: many ? '/name' : '/system',
      }),
    )

/** Names that an open change or another rollout has: found now, not when the phase's turn comes. */
const taken = (
  { db }: TenantContext,
  system: System,
  { name, parameters }: Pick<Asked, 'name' | 'parameters'>,
): Finding[] => {
  const resources = system.phases
    .filter((phase) => phase.blocks(parameters, name).length > 0)
    .map((phase) => resourceOf(phase, name))
  const same = db
    .select()
    .from(tables.rollouts)
    .where(and(eq(tables.rollouts.name, name), inArray(tables.rollouts.state, LIVING)))
    .all()
  return [
    ...(same.length > 0 ? ['Another rollout of yours has this name.'] : []),
    ...(resources.some((resource) => openChangeOf(db, resource))
      ? ['An open change of yours holds the name of one of its phases.']
      : []),
  ].map((message) => finding('NAME-UNIQUE', message, { pointer: '/name' }))
}

const begin = (
  context: TenantContext,
  who: Principal,
  { system, name, parameters, destroys }: Asked,
  { key, fingerprint }: { key: string; fingerprint: string },
): Result<RolloutRow> => {
  const at = context.now().toISOString()
  const id = rolloutIdOf(context, key)
  return transaction(context.db, (tx): Result<RolloutRow> => {
    const earlier = replayOf(context, tx, key)
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
        confirmed: destroys,
        state: 'running',
        reason: null,
        ...{ requester: who.subject, behind: who.behind },
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
