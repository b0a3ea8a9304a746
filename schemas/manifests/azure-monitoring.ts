// What we emit of Azure's monitoring, exactly: a workspace without keys, telemetry that goes into it, alerts by email
// from inside the Union.
import * as z from 'zod'
import { AzureName, inGroup, MapKey, owner, tags } from './azure.ts'
import { objectReference } from './azure-reference.ts'

const days = z.int().min(30).max(730)
const workspace = objectReference('operationalinsights.azure.com', 'Workspace')
const Minutes = z.string().regex(/^PT[1-9][0-9]?M$/)

const ScheduledQueryRule = z.strictObject({
  ...inGroup,
  kind: z.literal('LogAlert'),
  displayName: z.string().max(100),
  enabled: z.literal(true),
  severity: z.int().min(0).max(4),
  evaluationFrequency: Minutes,
  windowSize: Minutes,
  scopesReferences: z.array(workspace).length(1),
  skipQueryValidation: z.literal(true),
  criteria: z.strictObject({
    allOf: z
      .array(
        z.strictObject({
          query: z.string().max(500),
          timeAggregation: z.literal('Count'),
          operator: z.literal('GreaterThan'),
          threshold: z.int().min(0),
          failingPeriods: z.strictObject({
            minFailingPeriodsToAlert: z.literal(1),
            numberOfEvaluationPeriods: z.literal(1),
          }),
        }),
      )
      .length(1),
  }),
  autoMitigate: z.literal(true),
  actions: z.strictObject({
    actionGroupsReferences: z.array(objectReference('insights.azure.com', 'ActionGroup')).length(1),
  }),
})

export const azureMonitoringShapes = {
  Workspace: {
    spec: z.strictObject({
      ...inGroup,
      sku: z.strictObject({ name: z.literal('PerGB2018') }),
      retentionInDays: days,
      workspaceCapping: z.strictObject({ dailyQuotaGb: z.int().min(1) }).optional(),
      features: z.strictObject({
        disableLocalAuth: z.literal(true),
        enableLogAccessUsingOnlyResourcePermissions: z.literal(true),
      }),
    }),
  },
  Component: {
    spec: z.strictObject({
      ...inGroup,
      kind: z.literal('web'),
      Application_Type: z.literal('web'),
      IngestionMode: z.literal('LogAnalytics'),
      RetentionInDays: days,
      DisableIpMasking: z.literal(false),
      DisableLocalAuth: z.boolean(),
      workspaceResourceReference: workspace,
      operatorSpec: z.strictObject({ configMaps: z.strictObject({ connectionString: MapKey }) }),
    }),
  },
  ActionGroup: {
    spec: z.strictObject({
      azureName: AzureName,
      location: z.literal('swedencentral'),
      owner,
      tags,
      groupShortName: z.string().min(1).max(12),
      enabled: z.literal(true),
      emailReceivers: z
        .array(
          z.strictObject({
            name: z.string().max(40),
            emailAddress: z.email(),
            useCommonAlertSchema: z.literal(true),
          }),
        )
        .min(1),
    }),
  },
  ScheduledQueryRule: { spec: ScheduledQueryRule },
} satisfies Partial<Record<string, z.ZodRawShape>>
