// Template azure-monitoring: a workspace for logs, Application Insights on it, and an alert that people get by email.
import { AzureMonitoringParameters } from '../schemas/parameters/azure-monitoring.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import {
  actionGroup,
  appInsights,
  failedRequestsAlert,
  logWorkspace,
} from './parts/azure-monitoring.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'azure-monitoring'

export const azureMonitoring: Template<AzureMonitoringParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Monitoring in Azure',
  description:
    'Log Analytics and Application Insights in one region, and an alert by email when requests fail.',
  kind: NAME,
  parameters: AzureMonitoringParameters,
  examples: [
    {
      title: 'A year of logs and two people on call',
      name: 'order-monitoring',
      parameters: {
        location: 'westeurope',
        retentionDays: 365,
        dailyCapGb: 20,
        receivers: [
          { name: 'on-call', email: 'on-call@example.com' },
          { name: 'operations', email: 'operations@example.com' },
        ],
        failedRequests: { moreThan: 50, minutes: 5, severity: 1 },
      },
    },
  ],
  renders: ['ResourceGroup', 'Workspace', 'Component', 'ActionGroup', 'ScheduledQueryRule'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 90,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          logWorkspace(scope, parameters),
          appInsights(scope, parameters),
          actionGroup(scope, parameters),
          failedRequestsAlert(scope, parameters),
        ],
      },
    ]
  },
}
