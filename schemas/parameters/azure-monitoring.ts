// Parameters of the template azure-monitoring: where logs and telemetry go, how long they stay, who is told.
// Retention knows only the steps that both services have.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation } from './azure.ts'

/** Days that Application Insights can keep; Log Analytics takes each of them too. */
const RETENTION_DAYS = [30, 60, 90, 120, 180, 270, 365, 550, 730] as const

const Receiver = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
    .describe('What Azure calls the receiver'),
  email: z.email().max(254),
})

export const AzureMonitoringParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region in which logs and telemetry are kept'),
  retentionDays: z
    .literal(RETENTION_DAYS)
    .default(90)
    .describe('How long logs and telemetry can be searched'),
  dailyCapGb: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('After so much in a day nothing more is taken until the next; absent: no cap'),
  ingestionKeys: z
    .boolean()
    .default(false)
    .describe(
      'Take telemetry that shows only the connection string, as browsers must; off: only Entra identities',
    ),
  receivers: z
    .array(Receiver)
    .min(1)
    .max(50)
    .refine((all) => isUnique(all.map(({ name }) => name)), 'each name at most once')
    .describe(
      'Who gets an email when an alert is raised. Azure sends each new address a code, which must be entered within 30 minutes',
    ),
  failedRequests: z
    .strictObject({
      moreThan: z.int().min(0).max(1_000_000).default(10),
      minutes: z.literal([5, 10, 15, 30]).default(5),
      severity: z.int().min(0).max(4).default(2).describe('0 is critical, 4 is verbose'),
    })
    .prefault({})
    .describe('Alert when more requests than this fail within so many minutes'),
})
export type AzureMonitoringParameters = z.infer<typeof AzureMonitoringParameters>
