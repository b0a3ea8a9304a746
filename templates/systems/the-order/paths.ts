// Who of the_order may call whom: the namespace denies what goes out as well as what comes in.
import type { PolicyRule } from '../../../schemas/parameters/network-policies.ts'
import type { TheOrderParameters as Parameters } from '../../../schemas/parameters/systems/the-order.ts'
import { endpointRange, PORTALS, SERVICES } from './names.ts'

const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' as const }))

/** Entra, Verified ID and the senders of telemetry are needed by all of them. */
const everybody = (name: string, id: string): PolicyRule[] => [
  {
    name: `${id}-entra`,
    from: { resource: `${name}-${id}` },
    to: { internet: true },
    ports: tcp(443),
  },
  {
    name: `${id}-telemetry`,
    from: { resource: `${name}-${id}` },
    to: { resource: `${name}-telemetry` },
    ports: tcp(4317, 4318),
  },
]

export const serviceRules = (parameters: Parameters, name: string): PolicyRule[] =>
  SERVICES.flatMap((id) => [
    {
      name: `${id}-azure`,
      from: { resource: `${name}-${id}` },
      to: { cidr: endpointRange(parameters) },
      // PostgreSQL; vault and blobs.
      ports: tcp(5432, 443),
    },
    ...everybody(name, id),
  ])

export const portalRules = ({ servicePort }: Parameters, name: string): PolicyRule[] =>
  PORTALS.flatMap((id) => [
    ...SERVICES.map((service) => ({
      name: `${id}-${service}`,
      from: { resource: `${name}-${id}` },
      to: { resource: `${name}-${service}` },
      ports: tcp(servicePort),
    })),
    ...everybody(name, id),
  ])
