// What is reported of the tasks of smom-dbis-138: contracts, chain, bridges, feeds.
import * as z from 'zod'
import { BlockNumber, ChainSelector, EvmAddress, EvmHash } from '../evm.ts'

export const Deployed = z.strictObject({
  chainId: z.literal(138),
  address: EvmAddress,
  transactionHash: EvmHash,
  blockNumber: BlockNumber,
})

export const Verified = z.strictObject({
  explorerUrl: z.url({ protocol: /^https?$/ }).max(200),
  verified: z
    .array(EvmAddress)
    .min(7)
    .max(7)
    .refine(
      (addresses) => new Set(addresses.map((address) => address.toLowerCase())).size === 7,
      'each contract once',
    ),
})

export const ChainRegistered = z.strictObject({
  chainSelector: ChainSelector,
  routerAddress: EvmAddress,
  transactionHash: EvmHash,
})

export const BridgeDestinations = z.strictObject({
  destinations: z
    .array(
      z.strictObject({
        bridge: z.enum(['CCIPWETH9Bridge', 'CCIPWETH10Bridge']),
        chainSelector: ChainSelector,
        receiver: EvmAddress,
        transactionHash: EvmHash,
      }),
    )
    .min(2)
    .max(100)
    .refine(
      (list) => new Set(list.map(({ bridge }) => bridge)).size === 2,
      'each bridge needs at least one destination',
    )
    .refine(
      (list) =>
        new Set(list.map(({ bridge, chainSelector }) => `${bridge} ${chainSelector}`)).size ===
        list.length,
      'each destination of a bridge once',
    ),
})

/** 138, as a node says it. */
export const RpcReached = z.strictObject({
  url: z.url({ protocol: /^https$/ }).max(200),
  over: z.enum(['cloudflare-tunnel', 'application-gateway']),
  chainId: z.literal('0x8a'),
  blockNumber: BlockNumber,
})

export const PriceFeeds = z.strictObject({
  aggregator: EvmAddress,
  feeds: z
    .array(
      z.strictObject({
        pair: z.string().regex(/^[A-Z0-9]{2,10}\/[A-Z0-9]{2,10}$/, 'such as ETH/USD'),
        decimals: z.int().min(0).max(36),
        heartbeatSeconds: z.int().min(1).max(86_400),
        deviationPercent: z.number().positive().max(100),
      }),
    )
    .min(1)
    .max(200)
    .refine(
      (feeds) => new Set(feeds.map(({ pair }) => pair)).size === feeds.length,
      'each pair once',
    ),
})

export const AuditPassed = z.strictObject({
  reportDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  openCriticals: z.literal(0),
})

export const CrossplaneConnected = z.strictObject({
  providerConfig: z.string().regex(/^[a-z0-9-]{1,63}$/),
  hostsReached: z.int().min(1).max(64),
})

export const ChainRuns = z.strictObject({
  chainId: z.literal(138),
  genesisHash: EvmHash,
  blockNumber: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  validators: z.int().min(4).max(100),
})
