// Clusters as the service keeps them: Microsoft.Kubernetes/connectedClusters, which wait for agents, and AKS clusters, which somebody
// made elsewhere. Simulated: whoever takes up the bundle of a cluster is believed to have run it (agents come by themselves).
import * as z from 'zod'
import type { Asked, Kind } from './kinds.ts'
import { badRequest } from './refusal.ts'
import type { Resource } from './state.ts'

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/
/** PKCS#1 DER of an RSA public key of 4,096 bits: nothing else is taken. */
const KEY_BYTES = 526
const AGENTS_AFTER_MS = 3_000
const CERTIFICATE_DAYS = 90

const Body = z.looseObject({
  location: z.string().min(1),
  tags: z.record(z.string().max(512), z.string().max(256)).default({}),
  identity: z.looseObject({ type: z.literal('SystemAssigned') }),
  properties: z.looseObject({
    agentPublicKeyCertificate: z.base64(),
    ...{
      distribution: z.string().default('generic'),
      infrastructure: z.string().default('generic'),
    },
  }),
})

const put = ({ id, name, body, before, now, tenantId }: Asked): Resource => {
  if (!NAME.test(name)) throw badRequest('InvalidResourceName', 'The name is not valid.')
  const parsed = Body.safeParse(body)
  if (!parsed.success)
    throw badRequest('InvalidRequestContent', 'The request content was not valid.')
  const { location, tags, properties } = parsed.data
  const key = properties.agentPublicKeyCertificate
  if (Buffer.from(key, 'base64').length !== KEY_BYTES)
    throw badRequest('BadRequest', 'The agentPublicKeyCertificate is not an RSA key of 4096 bits.')
  if (before && before.location !== location)
    throw badRequest('InvalidResourceLocation', 'The resource exists in another location.')
  return {
    ...{ id, name, type: connectedKind.type, location, tags },
    identity: { type: 'SystemAssigned', principalId: 'simulated', tenantId },
    properties: {
      ...properties,
      ...{ provisioningState: 'Succeeded', connectivityStatus: 'Connecting' },
      simulatedSince: now.toISOString(),
    },
  }
}

/** Agents of the simulation come a moment after the key was put. */
const shown = (resource: Resource, now: Date): Resource => {
  const { simulatedSince, ...properties } = resource.properties
  const since = Date.parse(String(simulatedSince))
  if (now.getTime() - since < AGENTS_AFTER_MS) return { ...resource, properties }
  const expires = new Date(since + CERTIFICATE_DAYS * 86_400_000).toISOString()
  return {
    ...resource,
    properties: {
      ...properties,
      ...{ connectivityStatus: 'Connected', agentVersion: '1.28.0-simulated' },
      ...{ kubernetesVersion: '1.33.4', totalNodeCount: 3, totalCoreCount: 12 },
      lastConnectivityTime: now.toISOString(),
      managedIdentityCertificateExpirationTime: expires,
    },
  }
}

export const connectedKind: Kind = {
  type: 'Microsoft.Kubernetes/connectedClusters',
  versions: ['2022-05-01-preview', '2024-01-01'],
  put,
  shown,
  takes: { put: 1, delete: 1 },
}

/** Made by whoever owns the subscription: here by tests and by the laptop's seed. */
export const managedKind: Kind = {
  type: 'Microsoft.ContainerService/managedClusters',
  versions: ['2024-09-01'],
  put: ({ id, name, now }) => ({
    ...{ id, name, type: managedKind.type, location: 'westeurope', tags: {} },
    properties: {
      ...{ provisioningState: 'Succeeded', powerState: { code: 'Running' } },
      ...{ kubernetesVersion: '1.33.4', agentPoolProfiles: [{ count: 3 }] },
      simulatedSince: now.toISOString(),
    },
  }),
  takes: { put: 0, delete: 0 },
}
