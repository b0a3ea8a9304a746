// What each workload is told: addresses in the open, secrets by the names of their Secrets only.
import type { EnvironmentVariable } from '../../../schemas/parameters/application.ts'
import type { TheOrderParameters as Parameters } from '../../../schemas/parameters/systems/the-order.ts'
import { SERVICES, type Service, storageName, vaultName, type Workload } from './names.ts'

/** Which container a service keeps its documents in. */
const CONTAINERS: Partial<Record<Service, string>> = {
  identity: 'credentials',
  intake: 'intake-documents',
  dataroom: 'dataroom-deals',
}

const isService = (workload: Workload): workload is Service =>
  (SERVICES as readonly string[]).includes(workload)

const common = (parameters: Parameters, name: string): EnvironmentVariable[] => [
  { name: 'NODE_ENV', value: 'production' },
  { name: 'DEPLOYMENT_ENVIRONMENT', value: parameters.environment },
  { name: 'PUBLIC_URL', value: `https://${parameters.domain}` },
  { name: 'AZURE_TENANT_ID', value: parameters.entraTenantId },
  { name: 'AZURE_CLIENT_ID', secretKeyRef: { name: `${name}-entra`, key: 'client-id' } },
  { name: 'AZURE_CLIENT_SECRET', secretKeyRef: { name: `${name}-entra`, key: 'client-secret' } },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: `http://${name}-telemetry-collector:4318` },
]

const ofService = (
  parameters: Parameters,
  name: string,
  service: Service,
): EnvironmentVariable[] => {
  const container = CONTAINERS[service]
  return [
    { name: 'OTEL_SERVICE_NAME', value: service },
    { name: 'DATABASE_URL', secretKeyRef: { name: `${name}-${service}`, key: 'database-url' } },
    {
      name: 'KEY_VAULT_URL',
      value: `https://${vaultName(parameters, parameters.environment)}.vault.azure.net`,
    },
    ...(container === undefined
      ? []
      : [
          {
            name: 'STORAGE_URL',
            value: `https://${storageName(parameters)}.blob.core.windows.net/${container}`,
          },
        ]),
  ]
}

const ofPortal = (
  { servicePort }: Parameters,
  name: string,
  portal: Workload,
): EnvironmentVariable[] => [
  { name: 'OTEL_SERVICE_NAME', value: portal },
  { name: 'SESSION_SECRET', secretKeyRef: { name: `${name}-${portal}`, key: 'session-secret' } },
  ...SERVICES.map((service) => ({
    name: `${service.toUpperCase()}_URL`,
    value: `http://${name}-${service}:${servicePort}`,
  })),
]

export const environmentOf = (
  parameters: Parameters,
  name: string,
  workload: Workload,
): EnvironmentVariable[] => {
  const asked = parameters.env[workload]
  const replaced = new Set(asked.map((variable) => variable.name))
  const told = [
    ...common(parameters, name),
    ...(isService(workload)
      ? ofService(parameters, name, workload)
      : ofPortal(parameters, name, workload)),
  ]
  return [...told.filter((variable) => !replaced.has(variable.name)), ...asked]
}
