// Doors to a Flux configuration of one cluster: what is asked for through them is a change of the template flux-configuration.
import type { ChangeRequest, ChangeView } from '../../../../../schemas/change.ts'
import { FLUX_TEMPLATE } from '../../../../../schemas/flux.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { sha256Hex } from '../../../../digest.ts'
import { createChange } from '../../accept.ts'
import type { Db, TenantContext } from '../../context.ts'
import type { ArcClusterOperations, AskedOfFlux } from './contracts.ts'
import { findCluster, findFlux } from './rows.ts'

const requestOf = (db: Db, cluster: string, asked: AskedOfFlux): Result<ChangeRequest> => {
  const of = findCluster(db, cluster)
  if (!of) return refuse('not-found')
  const { action } = asked
  const request = { action, template: FLUX_TEMPLATE }
  const parametersOf = (spec: object) => ({ arcCluster: of.name, ...spec })
  if (action === 'create')
    return ok({ ...request, name: asked.name, parameters: parametersOf(asked.spec) })
  const row = findFlux(db, asked.id)
  if (row?.arcClusterId !== cluster) return refuse('not-found')
  if (action === 'update')
    return ok({ ...request, name: row.name, parameters: parametersOf(asked.spec) })
  const { confirm } = asked
  return ok({ ...request, name: row.name, parameters: {}, ...(confirm ? { confirm } : {}) })
}

/** One key means one thing, on one cluster. */
export const askForFlux = async (
  context: TenantContext,
  who: Principal,
  { cluster, asked, key, fingerprint, validateOnly }: ArcClusterOperations['flux.ask']['input'],
): Promise<Result<ChangeView & { replayed?: boolean }>> => {
  const request = requestOf(context.db, cluster, asked)
  if (!request.ok) return request
  const print = sha256Hex(`${cluster} ${asked.action === 'create' ? '' : asked.id} ${fingerprint}`)
  const input = { key, fingerprint: print, request: request.value, validateOnly }
  return createChange(context, who, input)
}
