// What a system stands on: other systems, rolled out by this tenant or by one that the operators named, and healthy now.
import { and, desc, eq, ne } from 'drizzle-orm'
import { finding } from '../../../../gitops/finding.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { findTenant, tenantStub } from '../../stubs.ts'
import type { TenantContext } from '../context.ts'
import { outlookOf, type RolloutRow } from './rows.ts'

interface Health {
  phases: number
  healthy: number
}

const rolloutsOf = ({ db }: TenantContext, system: string): RolloutRow[] =>
  db
    .select()
    .from(tables.rollouts)
    .where(and(eq(tables.rollouts.system, system), ne(tables.rollouts.state, 'aborted')))
    .orderBy(desc(tables.rollouts.createdAt))
    .all()

/** Without those that are done and of which nothing is left. */
export const standingOf = (context: TenantContext, system: string): RolloutRow[] =>
  rolloutsOf(context, system).filter(
    (rollout) =>
      rollout.state !== 'done' ||
      outlookOf(context.db, rollout, 'running').phases.some(
        ({ phase, state }) =>
          state !== 'failed' && phase.blocks(rollout.parameters, rollout.name).length > 0,
      ),
  )

export const ownHealth = (context: TenantContext, system: string): Health | null => {
  const [rollout] = rolloutsOf(context, system)
  if (!rollout) return null
  const { phases } = outlookOf(context.db, rollout)
  return {
    phases: phases.length,
    healthy: phases.filter(({ state }) => state === 'healthy').length,
  }
}

/** Asked of the tenant that the operators named; nobody else's word counts. */
const foreignHealth = async (context: TenantContext, system: string): Promise<Health | null> => {
  const found = context.tenant().foundations.find((foundation) => foundation.system === system)
  const entry = found ? await findTenant(context.env, found.tenant) : null
  const reached = entry ? tenantStub(context.env, entry.jurisdiction, entry.id) : null
  return reached?.ok ? reached.value.stub.systemHealth(system) : null
}

/** Findings for each system that is missing, or is not healthy. */
export const missing = async (
  context: TenantContext,
  { requires }: Pick<System, 'requires'>,
): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const system of requires) {
    const health = ownHealth(context, system) ?? (await foreignHealth(context, system))
    if (!health) {
      findings.push(prerequisite(`${system} is missing: nobody has asked for it here.`))
    } else if (health.healthy < health.phases) {
      const { healthy, phases } = health
      findings.push(
        prerequisite(`${system} is not healthy: ${healthy} of its ${phases} phases are.`, {
          ...{ healthy, phases },
        }),
      )
    }
  }
  return findings
}

const prerequisite = (message: string, numbers?: Record<string, number>): Finding =>
  finding('SYSTEM-PREREQUISITE', message, {
    pointer: '/system',
    ...(numbers ? { numbers } : {}),
  })
