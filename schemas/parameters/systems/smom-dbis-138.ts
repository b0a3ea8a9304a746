// Parameters of the system smom-dbis-138: chain 138 on 18 machines.
import * as z from 'zod'
import { HostName, Slug } from '../../ids.ts'
import { ApplicationGatewayParameters } from '../application-gateway.ts'
import { UnionLocation } from '../azure.ts'
import { armIdOf, SubscriptionId } from '../azure-reference.ts'
import { BesuNetworkParameters } from '../besu-network.ts'
import { DnsHost } from '../dns-name.ts'
import { privateRange } from '../ip-range.ts'

const { groups, blockPeriodSeconds, requestTimeoutSeconds, besu, identities, sshAuthorizedKeys } =
  BesuNetworkParameters.shape

/** The source's networking: gateway, network security groups, private endpoints. Its machines stand on Proxmox. */
const AzureFront = z.strictObject({
  location: UnionLocation.default('westeurope'),
  subscriptionId: SubscriptionId,
  addressRange: privateRange(16, 16)
    .default('10.138.0.0/16')
    .describe('Of the virtual network; its two subnets are cut from it'),
  certificate: ApplicationGatewayParameters.shape.certificate,
  vault: armIdOf('Microsoft.KeyVault/vaults').describe(
    'The vault of that certificate and of the nodes’ keys: it gets a private endpoint in the network',
  ),
  origin: DnsHost.describe(
    'Name by which the tunnel publishes the Nginx proxy; the gateway leads to it',
  ),
})

const Parameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Crossplane manages the VMs; absent: the only one there is',
  ),
  sites: z
    .array(HostName)
    .min(1)
    .max(16)
    .default(['r630-01', 'ml110-01'])
    .describe('Sites in order of preference; the first carries most'),
  groups,
  blockPeriodSeconds,
  requestTimeoutSeconds,
  besu,
  identities,
  sshAuthorizedKeys,
  domain: DnsHost.optional().describe(
    'Under which the RPC (rpc.) and the explorer (explorer.) are published; without it no wallet can be told where the chain is',
  ),
  currency: z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9 ]{0,29}$/)
        .default('Ether'),
      symbol: z
        .string()
        .regex(/^[A-Z]{2,6}$/)
        .default('ETH'),
    })
    .prefault({})
    .describe('As wallets show it; always 18 decimals'),
  azure: AzureFront.optional().describe(
    'An Application Gateway before the RPC; absent: rpc.<domain> is the tunnel’s',
  ),
})

export const SmomDbis138Parameters = Parameters.refine(
  ({ azure, domain }) => azure === undefined || domain !== undefined,
  { path: ['domain'], error: 'the gateway answers to rpc.<domain>' },
).refine(({ azure, domain }) => azure === undefined || azure.origin !== `rpc.${domain}`, {
  path: ['azure', 'origin'],
  error: 'is the gateway’s own name',
})
export type SmomDbis138Parameters = z.infer<typeof SmomDbis138Parameters>
