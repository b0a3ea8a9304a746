// NetworkPolicy as we emit it: plain label selectors and address ranges, never a peer that is everything by omission.
import * as z from 'zod'

const Selector = z.strictObject({
  matchLabels: z.record(z.string().max(317), z.string().max(63)).optional(),
})
const Peer = z.union([
  z.strictObject({ podSelector: Selector }),
  z.strictObject({ namespaceSelector: Selector, podSelector: Selector.optional() }),
  z.strictObject({
    ipBlock: z.strictObject({ cidr: z.cidrv4(), except: z.array(z.cidrv4()).optional() }),
  }),
])
const Ports = z
  .array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']), port: z.int().min(1).max(65_535) }))
  .min(1)
  .optional()
const Peers = z.array(Peer).min(1)

export const networkPolicyShapes = {
  NetworkPolicy: {
    spec: z.strictObject({
      podSelector: Selector,
      policyTypes: z.array(z.enum(['Ingress', 'Egress'])).min(1),
      ingress: z.array(z.strictObject({ from: Peers, ports: Ports })).optional(),
      egress: z.array(z.strictObject({ to: Peers, ports: Ports })).optional(),
    }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
