// The Worker's entry: the app with all its routes, the sweep, and the actors' classes as the runtime wants them.
import { Directory } from './actors/directory.ts'
import { Inventory } from './actors/inventory.ts'
import { Log } from './actors/log.ts'
import { Repository } from './actors/repository.ts'
import { Tenant } from './actors/tenant.ts'
import { createApp } from './app.ts'
import { registerConsoleRoutes } from './console/routes.tsx'
import type { Env } from './env.ts'
import { registerBillingRoutes } from './routes/billing.ts'
import { registerChangeRoutes } from './routes/changes.ts'
import { registerResourceRoutes } from './routes/resources.ts'
import { registerRolloutRoutes } from './routes/rollouts.ts'
import { registerWebhookRoutes } from './routes/webhooks.ts'
import { sweep } from './sweep.ts'
import { traceActors } from './trace/actors.ts'

export { Directory, Inventory, Log, Repository, Tenant }

traceActors(Directory, Inventory, Log, Repository, Tenant)

const app = createApp()
registerChangeRoutes(app)
registerResourceRoutes(app)
registerBillingRoutes(app)
registerRolloutRoutes(app)
registerWebhookRoutes(app)
registerConsoleRoutes(app)

export default {
  fetch: app.fetch,
  async scheduled(_event, env) {
    const report = await sweep(env)
    console.log(JSON.stringify({ level: 'info', event: 'sweep', ...report }))
  },
} satisfies ExportedHandler<Env>
