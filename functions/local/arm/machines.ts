// Microsoft.HybridCompute/machines as the service keeps them: made by an agent with its public key, never by a portal.
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Asked, Kind } from './kinds.ts'
import { badRequest } from './refusal.ts'
import type { Resource } from './state.ts'

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,52}[A-Za-z0-9_-])?$/
/** 15 tags by the agent; Azure takes 50 on a resource, names up to 512 and values up to 256 characters. */
const Tags = z.record(z.string().min(1).max(512), z.string().max(256))
const Body = z.looseObject({
  location: z.string().min(1),
  tags: Tags.default({}),
  identity: z.looseObject({ type: z.literal('SystemAssigned') }),
  properties: z.looseObject({
    clientPublicKey: z.string().min(1),
    ...{ osName: z.string().optional(), osType: z.string().optional() },
    ...{ osSku: z.string().optional(), osVersion: z.string().optional() },
    agentVersion: z.string().optional(),
    machineFqdn: z.string().optional(),
    detectedProperties: z.record(z.string(), z.string()).optional(),
  }),
})

const put = ({ id, name, body, before, now, tenantId }: Asked): Resource => {
  if (!NAME.test(name)) throw badRequest('InvalidResourceName', 'The name is not valid.')
  const parsed = Body.safeParse(body)
  if (!parsed.success)
    throw badRequest('InvalidRequestContent', 'The request content was not valid.')
  const { location, tags, properties } = parsed.data
  if (before?.location !== undefined && before.location !== location)
    throw badRequest('InvalidResourceLocation', 'The resource exists in another location.')
  const vmId = before?.properties.vmId ?? randomUUID()
  return {
    ...{ id, name, type: machineKind.type, location, tags },
    identity: { type: 'SystemAssigned', principalId: randomUUID(), tenantId },
    properties: {
      ...properties,
      ...{ status: 'Connected', lastStatusChange: now.toISOString(), vmId, vmUuid: vmId },
      ...{ displayName: name, provisioningState: 'Succeeded', errorDetails: [] },
    },
  }
}

export const machineKind: Kind = {
  type: 'Microsoft.HybridCompute/machines',
  versions: ['2024-07-10', '2025-01-13', '2025-06-01'],
  put,
  // Its agent is what is deleted with it in Azure; on the machine everything stays.
  takes: { put: 0, delete: 0 },
}
