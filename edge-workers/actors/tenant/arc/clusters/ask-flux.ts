// Doors to a Flux configuration of one cluster: what is asked for through them is a change of the template flux-configuration.
import type { ChangeRequest, ChangeView } from '../../../../../schemas/change.ts'
import { FLUX_TEMPLATE } from '../../../../../schemas/flux.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { sha256Hex } from '../../../../digest.ts'
import { createChange, replayOf } from '../../accept.ts'
import type { Db, TenantContext } from '../../context.ts'
import type { ArcClusterOperations, AskedOfFlux } from './contracts.ts'
import { findCluster, findFlux, IN_NO_FILE } from './rows.ts'

const REMOVED = 'It is removed. Another of its name has an id of its own.'

/** A resource has the name of one configuration: what is asked of another of that name would be done to that one. */
const requestOf = (
  db: Db,
  { cluster, asked, replayed }: { cluster: string; asked: AskedOfFlux; replayed: boolean },
): Result<ChangeRequest> => {
  const of = findCluster(db, cluster)
  if (!of) return refuse('not-found')
  const { action } = asked
  const request = { action, template: FLUX_TEMPLATE }
  const parametersOf = (spec: object) => ({ arcCluster: of.name, ...spec })
  if (action === 'create')
    return ok({ ...request, name: asked.name, parameters: parametersOf(asked.spec) })
  const row = findFlux(db, asked.id)
  if (row?.arcClusterId !== cluster) return refuse('not-found')
  if (!replayed && row.state === 'removed') return refuse('conflict', { detail: REMOVED })
  if (!replayed && row.changeId === null) return refuse('conflict', { detail: IN_NO_FILE })
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
  const replayed = key !== null && replayOf(context, context.db, key) !== undefined
  const request = requestOf(context.db, { cluster, asked, replayed })
  if (!request.ok) return request
  const print = sha256Hex(`${cluster} ${asked.action === 'create' ? '' : asked.id} ${fingerprint}`)
  const input = { key, fingerprint: print, request: request.value, validateOnly }
  return createChange(context, who, input)
}
