// What people do to a rollout: which right each act needs, and who carries it out.
import type { Action, Principal } from '../../../../schemas/principal.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import type { RolloutAct, RolloutView } from '../../../../schemas/rollout.ts'
import type { TenantContext } from '../context.ts'
import { order } from './order.ts'
import { reportPrerequisite, reportTask } from './report.ts'
import { rolloutView } from './view.ts'

export const actionOf = ({ kind }: RolloutAct): Action =>
  kind === 'order' ? 'rollouts.order' : 'rollouts.report'

const carryOut = (context: TenantContext, who: Principal, id: string, act: RolloutAct) => {
  switch (act.kind) {
    case 'order':
      return order(context, who, id, act.order, act.reason)
    case 'task':
      return reportTask(context, who, id, act, act.inputs)
    case 'prerequisite':
      return reportPrerequisite(context, who, id, act.prerequisite, act.report)
  }
}

export const actOn = async (
  context: TenantContext,
  who: Principal,
  id: string,
  act: RolloutAct,
): Promise<Result<RolloutView>> => {
  const result = await carryOut(context, who, id, act)
  return result.ok ? ok(rolloutView(context, result.value)) : result
}
