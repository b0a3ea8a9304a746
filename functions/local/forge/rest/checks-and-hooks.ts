// Check runs on commits, and the deliveries of the one webhook. https://docs.github.com/rest/checks and /rest/repos/webhooks
import { mayManageHooks } from '../accounts.ts'
import { CheckInput, listChecks, postCheck } from '../checks.ts'
import { type ForgeContext, ForgeRefusal } from '../context.ts'
import { resolveCommit } from '../git/references.ts'
import { checkJson, deliveryJson } from '../payloads.ts'
import type { DeliveryRow } from '../store.ts'
import { HOOK_ID } from '../webhooks.ts'
import { type AddCalls, type Call, paginate, readBody, writer } from './api.ts'

const listOn = async (forge: ForgeContext, c: Call, ref: string): Promise<Response> => {
  const repository = c.get('repository')
  const sha = await resolveCommit(repository.directory, ref)
  if (sha === null) throw new ForgeRefusal(404, 'Not Found')
  const [name, status] = [c.req.query('check_name'), c.req.query('status')]
  const latest = c.req.query('filter') !== 'all'
  const found = listChecks(forge, repository, sha, { latest }).filter(
    (check) =>
      (name === undefined || check.name === name) &&
      (status === undefined || check.status === status),
  )
  return c.json({
    total_count: found.length,
    check_runs: paginate(c, found).map((check) => checkJson(forge, repository, check)),
  })
}

/** Deliveries hold whole payloads: only for those who run the hook. */
const requireHookManager = (c: Call): void => {
  if (!mayManageHooks(writer(c)) || c.req.param('hook') !== String(HOOK_ID))
    throw new ForgeRefusal(404, 'Not Found')
}

const findDelivery = (forge: ForgeContext, c: Call): DeliveryRow => {
  const id = Number(c.req.param('id'))
  const found = Number.isSafeInteger(id) ? forge.hooks.find(c.get('repository').id, id) : null
  if (found === null) throw new ForgeRefusal(404, 'Not Found')
  return found
}

export const addChecksAndHooks: AddCalls = (api, forge) => {
  api.post('/check-runs', async (c) => {
    const account = writer(c)
    const repository = c.get('repository')
    const check = await postCheck(forge, repository, account, await readBody(c, CheckInput))
    return c.json(checkJson(forge, repository, check), 201)
  })
  // Before /commits/{ref}, whose name may hold slashes.
  api.get('/commits/:ref{.+}/check-runs', (c) => listOn(forge, c, c.req.param('ref')))
  api.get('/hooks/:hook/deliveries', (c) => {
    requireHookManager(c)
    return c.json(paginate(c, forge.hooks.list(c.get('repository').id)).map(deliveryJson))
  })
  api.get('/hooks/:hook/deliveries/:id', (c) => {
    requireHookManager(c)
    const delivery = findDelivery(forge, c)
    const payload: unknown = JSON.parse(delivery.payload)
    return c.json({ ...deliveryJson(delivery), request: { headers: null, payload } })
  })
  api.post('/hooks/:hook/deliveries/:id/attempts', (c) => {
    requireHookManager(c)
    forge.hooks.redeliver(findDelivery(forge, c))
    return c.json({}, 202)
  })
}
