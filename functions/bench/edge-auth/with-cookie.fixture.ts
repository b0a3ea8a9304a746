// The deployable Worker with one address more: the tenant as the API answers it, for whoever the console's cookie says. The API
// itself takes no cookies, and a page would measure its HTML. Built and run by the benchmark edge-auth.
import { createApp } from '../../../edge-workers/app.ts'
import { sessionDoor } from '../../../edge-workers/console/session.ts'
import type { Env } from '../../../edge-workers/env.ts'
import { answerPacked } from '../../../edge-workers/http/answer.ts'
import { answerRefusal } from '../../../edge-workers/http/problem.ts'

export { Directory } from '../../../edge-workers/actors/directory.ts'
export { Inventory } from '../../../edge-workers/actors/inventory.ts'
export { Log } from '../../../edge-workers/actors/log.ts'
export { Repository } from '../../../edge-workers/actors/repository.ts'
export { Tenant } from '../../../edge-workers/actors/tenant.ts'

const app = createApp()
app.get('/by-cookie/:tenant', async (c) => {
  const door = await sessionDoor(c)
  if (!door.ok) return answerRefusal(c, door.refusal)
  return answerPacked(c, await door.value.tenant.readTenant(door.value.caller))
})

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default { fetch: app.fetch } satisfies ExportedHandler<Env>
