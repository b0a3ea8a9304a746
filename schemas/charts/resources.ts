// What the containers of a chart ask for. Memory is bounded; CPU is not, so that a controller is slowed only by neighbours.
import * as z from 'zod'
import { Quantity } from '../manifests/words.ts'

export const ChartResources = z.strictObject({
  requests: z.strictObject({ cpu: Quantity, memory: Quantity }),
  limits: z.strictObject({ memory: Quantity }),
})
