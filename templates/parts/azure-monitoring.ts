// Logs, telemetry and one alert in Azure. Entra identities write and read; keys are off unless browsers send telemetry.
// What leads to the workspace is said by the resources that log.
import type { AzureMonitoringParameters } from '../../schemas/parameters/azure-monitoring.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags, inOwnGroup } from './azure.ts'
import { objectReference } from './azure-reference.ts'
import { object, type Scope } from './object.ts'

/**
 * Action groups keep to a region only in some; of those inside the Union, this one.
 * Source: learn.microsoft.com/azure/azure-monitor/alerts/action-groups
 */
const ALERT_REGION = 'swedencentral'
/** Azure shows it in every message. */
const SHORT_NAME_LENGTH = 12

export const logWorkspace = (
  scope: Scope,
  { location, retentionDays, dailyCapGb }: AzureMonitoringParameters,
): Manifest =>
  azureObject('Workspace', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-logs`, location }),
    sku: { name: 'PerGB2018' },
    retentionInDays: retentionDays,
    ...(dailyCapGb === undefined ? {} : { workspaceCapping: { dailyQuotaGb: dailyCapGb } }),
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
  })

/** The connection string says where telemetry goes; with keys off it lets nobody in. */
export const appInsights = (
  scope: Scope,
  { location, retentionDays, ingestionKeys }: AzureMonitoringParameters,
): Manifest =>
  azureObject('Component', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-insights`, location }),
    kind: 'web',
    Application_Type: 'web',
    IngestionMode: 'LogAnalytics',
    RetentionInDays: retentionDays,
    DisableIpMasking: false,
    DisableLocalAuth: !ingestionKeys,
    workspaceResourceReference: objectReference('Workspace', scope.resource),
    operatorSpec: {
      configMaps: {
        connectionString: { name: `${scope.resource}-insights`, key: 'connection-string' },
      },
    },
  })

/** Without a guard: who is no longer told must not be told again by what was left behind. */
export const actionGroup = (scope: Scope, { receivers }: AzureMonitoringParameters): Manifest =>
  object('ActionGroup', scope.resource, scope, {
    spec: {
      azureName: `${scope.resource}-alerts`,
      location: ALERT_REGION,
      owner: { name: scope.resource },
      tags: azureTags(scope),
      groupShortName: scope.resource.slice(0, SHORT_NAME_LENGTH).replace(/-+$/, ''),
      enabled: true,
      emailReceivers: receivers.map(({ name, email }) => ({
        name,
        emailAddress: email,
        useCommonAlertSchema: true,
      })),
    },
  })

export const failedRequestsAlert = (
  scope: Scope,
  { location, failedRequests: { moreThan, minutes, severity } }: AzureMonitoringParameters,
): Manifest =>
  object('ScheduledQueryRule', `${scope.resource}-failed-requests`, scope, {
    spec: {
      ...inOwnGroup(scope, { azureName: `${scope.resource}-failed-requests`, location }),
      kind: 'LogAlert',
      displayName: `More than ${moreThan} failed requests in ${minutes} minutes`,
      enabled: true,
      severity,
      evaluationFrequency: `PT${minutes}M`,
      windowSize: `PT${minutes}M`,
      scopesReferences: [objectReference('Workspace', scope.resource)],
      // The table may not be there before the first telemetry has come.
      skipQueryValidation: true,
      criteria: {
        allOf: [
          {
            query: 'AppRequests | where Success == false',
            timeAggregation: 'Count',
            operator: 'GreaterThan',
            threshold: moreThan,
            failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 1 },
          },
        ],
      },
      autoMitigate: true,
      actions: { actionGroupsReferences: [objectReference('ActionGroup', scope.resource)] },
    },
  })
