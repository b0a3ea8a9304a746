// The Azure side of the chain's RPC: a network with security groups, a private endpoint of the vault, and the gateway.
import type { SmomDbis138Parameters as Parameters } from '../../../schemas/parameters/systems/smom-dbis-138.ts'
import type { Block } from '../../../schemas/system.ts'
import { applicationGateway } from '../../application-gateway.ts'
import { azureNetwork } from '../../azure-network.ts'
import { privateEndpoint } from '../../private-endpoint.ts'
import { block } from '../block.ts'

/** Nothing unless it is asked for: the RPC is reached through the tunnel then. */
export const frontBlocks = ({ cluster, domain, azure }: Parameters, name: string): Block[] => {
  if (azure === undefined) return []
  const { location, subscriptionId, addressRange, certificate, vault, origin } = azure
  const where = { ...(cluster === undefined ? {} : { cluster }), location }
  const network = `${name}-edge-net`
  const at = (third: number) => `${addressRange.split('.').slice(0, 2).join('.')}.${third}.0/24`
  return [
    block(azureNetwork, 'edge-net', {
      ...where,
      addressSpace: [addressRange],
      subnets: [
        { name: 'endpoints', range: at(0), purpose: 'private-endpoints' },
        { name: 'gateway', range: at(1), purpose: 'application-gateway' },
      ],
    }),
    block(privateEndpoint, 'vault-link', {
      ...where,
      target: { service: 'key-vault', armId: vault },
      subnet: { network, subnet: 'endpoints' },
    }),
    block(applicationGateway, 'gateway', {
      ...{ ...where, subscriptionId, certificate },
      subnet: { network, subnet: 'gateway' },
      hostNames: [`rpc.${domain}`],
      // The proxy behind the tunnel answers /healthz by itself.
      backend: { addresses: [{ fqdn: origin }], hostName: origin, probe: { path: '/healthz' } },
    }),
  ]
}
