// The next step of a component's life: transferred, deployed, retired. The table of legal moves stands in schemas/component.ts.
import { and, eq } from 'drizzle-orm'
import {
  COMPONENT_MOVES,
  COMPONENT_STEPS_AT_MOST,
  type ComponentView,
  type StepComponent,
} from '../../../../schemas/component.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { type Db, StaleChange, type TenantContext, type Tx } from '../context.ts'
import type { ComponentOperations } from './contracts.ts'
import { sealed } from './secrets.ts'
import { type ComponentRow, findComponent, versionedView } from './views.ts'
import { writeStep } from './write.ts'

const { components, componentSteps } = tables
type Input = ComponentOperations['components.step']['input']

const conflict = (detail: string): Result<never> =>
  refuse('conflict', { detail, errors: [{ pointer: '/to', detail }] })

/** What was answered to this key before, if anything was. */
const repeated = (
  on: Db | Tx,
  row: ComponentRow,
  key: string,
  print: string,
): Result<Versioned<ComponentView>> | null => {
  const earlier = on
    .select()
    .from(componentSteps)
    .where(and(eq(componentSteps.componentId, row.id), eq(componentSteps.idempotencyKey, key)))
    .get()
  if (!earlier) return null
  return earlier.fingerprint === print
    ? ok(versionedView(on, row))
    : refuse('idempotency-key-reused')
}

const OF_STATE: Record<ComponentRow['state'], string> = {
  registered: 'A component that is registered',
  transferred: 'A component that was transferred',
  deployed: 'A component that is deployed',
  retired: 'A component that is retired',
}

/** Whether the step may be taken from here; where it changes nothing it is none. */
const judge = (row: ComponentRow, body: StepComponent): Result<null> => {
  const moves = COMPONENT_MOVES[row.state]
  if (!moves.includes(body.to))
    return conflict(
      moves.length === 0
        ? `${OF_STATE[row.state]} takes no further step.`
        : `${OF_STATE[row.state]} can next be: ${moves.join(', ')}.`,
    )
  if (body.to === 'transferred' && row.state === body.to && row.custodian === body.custodian)
    return conflict('This organisation has it already.')
  if (body.to === 'deployed' && row.site === body.site && row.host === body.host)
    return conflict('It is deployed there already.')
  if (body.to !== 'retired' && row.version >= COMPONENT_STEPS_AT_MOST)
    return conflict(`A component takes at most ${COMPONENT_STEPS_AT_MOST} steps; retire it.`)
  return ok(null)
}

/** Where it is afterwards, and what is shown with the step. */
const after = (row: ComponentRow, body: StepComponent) => {
  if (body.to === 'deployed')
    return {
      place: { custodian: row.custodian, site: body.site, host: body.host },
      about: `${body.site}/${body.host}`,
    }
  const custodian = body.to === 'transferred' ? body.custodian : row.custodian
  const about = body.to === 'transferred' ? body.custodian : body.reason
  return { place: { custodian, site: null, host: null }, about }
}

/**
 * Refuses with `conflict` a move that the table does not have, and a site that the tenant's Inventory does not know. The host is
 * not looked up: a switch or a spare sits in what is no host of ours.
 */
export const stepComponent = async (
  context: TenantContext,
  who: Principal,
  { id, ifVersion, key: sentKey, fingerprint, body }: Input,
): Promise<Result<Versioned<ComponentView>>> => {
  const key = sealed(context, sentKey)
  const print = sealed(context, fingerprint)
  /** Of now: asked before anybody is waited for, and again when the step is written. */
  const standing = (on: Db | Tx): Result<ComponentRow> | Result<Versioned<ComponentView>> => {
    const row = findComponent(on, id)
    if (!row) return refuse('not-found')
    const earlier = repeated(on, row, key, print)
    if (earlier) return earlier
    if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
    const judged = judge(row, body)
    return judged.ok ? ok(row) : judged
  }
  const before = standing(context.db)
  if (!before.ok) return before
  if ('value' in before.value) return ok(before.value)
  if (body.to === 'deployed' && (await context.inventory().readSite(body.site)) === null) {
    const detail = 'There is no such site.'
    return refuse('invalid-parameters', { errors: [{ pointer: '/site', detail }] })
  }
  return transaction(context.db, (tx): Result<Versioned<ComponentView>> => {
    const now = standing(tx)
    if (!now.ok) return now
    if ('value' in now.value) return ok(now.value)
    const { version, state } = now.value
    const { place, about } = after(now.value, body)
    const at = context.now().toISOString()
    const [row] = tx
      .update(components)
      .set({ ...place, state: body.to, version: version + 1, updatedAt: at })
      .where(and(eq(components.id, id), eq(components.version, version)))
      .returning()
      .all()
    if (!row) throw new StaleChange()
    writeStep(tx, {
      ...{ row, from: state, by: who.subject, key, fingerprint: print },
      ...{ about, evidence: body.evidence, said: body },
    })
    return ok(versionedView(tx, row))
  })
}
