// A Service that stands for a DNS record: it has no address and no ports.
import * as z from 'zod'

export const DnsRecordService = z.strictObject({
  type: z.literal('ClusterIP'),
  clusterIP: z.literal('None'),
})
