// POST /v1/sweep: what a cron trigger does on Cloudflare, for whoever runs the Worker on plain workerd: a timer calls it.
import * as z from 'zod'
import { platformDoor } from '../auth/door.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { sweep } from '../sweep.ts'

const SweepReport = z.strictObject({
  tenants: z.int(),
  /** Steps that were overdue: 0 on a good day. */
  due: z.int(),
  /** Tenants that could not be woken. */
  failed: z.int(),
})

export const registerSweepRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/sweep',
      summary: 'Wake whoever is late',
      description:
        'Walks all tenants and lets overdue background steps go on. Alarms are the normal way; call this every five minutes where no cron trigger does. Calling it again does no harm.',
      tag: 'Platform',
      action: 'platform.write',
      answers: { 200: { text: 'What was found.', schema: SweepReport, name: 'SweepReport' } },
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      return c.json(await sweep(c.env))
    },
  )
}
