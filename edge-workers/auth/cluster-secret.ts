// The secret with which a cluster's engine signs its reports. Derived, so it can be shown again to a repeated request and is
// stored nowhere; the next generation voids it.
import { deriveKey, hex } from '../digest.ts'
import type { Env } from '../env.ts'

/** 64 hex digits. `generation`: of the cluster, from the Inventory. */
export const clusterWebhookSecret = (
  { PLATFORM_KEY }: Pick<Env, 'PLATFORM_KEY'>,
  cluster: string,
  generation: number,
): string => hex(deriveKey(PLATFORM_KEY, `cluster-webhook:${cluster}:${generation}`))
