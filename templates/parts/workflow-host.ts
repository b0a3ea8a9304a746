// The host of Azure Functions as Logic Apps (Standard) sets it up, in a pod that is not root. What it needs to know
// comes from the environment; the workflows themselves are in the image.
import type { IContainer } from 'kubernetes-models/v1/Container'
import type { LogicAppParameters } from '../../schemas/parameters/logic-app.ts'
import type { Manifest } from '../../schemas/template.ts'
import { fingerprint } from './fingerprint.ts'
import { allowOut } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podsOf, SCRATCH } from './pod.ts'

export const WORKFLOW_PORT = 8080
const STARTUP_PERIOD_SECONDS = 10

/** Instances of one app share this, apps that share an account must not. At most 32 letters, digits and hyphens. */
const hostId = ({ tenant, resource }: Scope): string =>
  `workflows-${fingerprint(`${tenant}/${resource}`)}`

export const workflowEnvironment = (
  scope: Scope,
  { storage, settings, hostname }: LogicAppParameters,
): NonNullable<IContainer['env']> => [
  { name: 'APP_KIND', value: 'workflowApp' },
  { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' },
  { name: 'AzureFunctionsWebHost__hostid', value: hostId(scope) },
  { name: 'AzureFunctionsJobHost__Logging__Console__IsEnabled', value: 'true' },
  { name: 'ASPNETCORE_URLS', value: `http://+:${WORKFLOW_PORT}` },
  { name: 'HOME', value: SCRATCH.mountPath },
  {
    name: 'WEBSITE_HOSTNAME',
    value: hostname ?? `${scope.resource}.${scope.tenant}.svc:${WORKFLOW_PORT}`,
  },
  { name: 'AzureWebJobsStorage', valueFrom: { secretKeyRef: storage } },
  ...settings.map(({ name, secretKeyRef }) => ({ name, valueFrom: { secretKeyRef } })),
]

/** The host opens its port once it has read the workflows; its own status asks for a key. */
export const workflowProbes = ({ startupSeconds }: LogicAppParameters) => {
  const look = { tcpSocket: { port: 'http' } }
  return {
    startupProbe: {
      ...look,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      failureThreshold: Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS),
    },
    livenessProbe: { ...look, periodSeconds: 10, timeoutSeconds: 3 },
    readinessProbe: { ...look, periodSeconds: 5, timeoutSeconds: 3 },
  }
}

/** Room for the workflow extension, which is fetched into it. */
export const WORKFLOW_SCRATCH = {
  ...SCRATCH,
  volume: { ...SCRATCH.volume, emptyDir: { sizeLimit: '2Gi' } },
}

/** The account may stand behind a private endpoint, and connectors call services anywhere: the port is the limit. */
export const workflowGate = (scope: Scope): Manifest =>
  allowOut(scope, {
    name: 'storage-and-connectors',
    pods: podsOf(scope.resource),
    peers: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
    ports: [{ protocol: 'TCP', port: 443 }],
  })
