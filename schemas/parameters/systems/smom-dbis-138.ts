// Parameters of the system smom-dbis-138: chain 138 on 18 machines.
import * as z from 'zod'
import { HostName, Slug } from '../../ids.ts'
import { BesuNetworkParameters } from '../besu-network.ts'
import { DnsHost } from '../dns-name.ts'

const { groups, blockPeriodSeconds, requestTimeoutSeconds, besu, identities, sshAuthorizedKeys } =
  BesuNetworkParameters.shape

export const SmomDbis138Parameters = z.strictObject({
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
})
export type SmomDbis138Parameters = z.infer<typeof SmomDbis138Parameters>
