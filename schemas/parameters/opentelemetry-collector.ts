// Parameters of the template opentelemetry-collector: where signals go. Keys and connection strings are named only.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { gib } from '../quantity.ts'
import { SecretKeyRef } from './pod.ts'
import { sizeBetween } from './workload.ts'

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?'
const PORT = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4})'
const PATH = '(?:/[A-Za-z0-9._~-]{1,60}){0,6}'
/** Encrypted, or a Service of the same cluster. */
const Endpoint = z
  .string()
  .max(400)
  .regex(
    new RegExp(
      `^(?:https://${LABEL}(?:\\.${LABEL}){1,5}(?::${PORT})?|http://${LABEL}\\.${LABEL}\\.svc:${PORT})${PATH}$`,
    ),
    { error: 'https:// and a host, or http://<service>.<namespace>.svc:<port>', abort: true },
  )
  // A last label of digits makes an address of it, perhaps of none.
  .refine((text) => URL.canParse(text), 'no address')

const authorization = SecretKeyRef.optional().describe(
  'Secret whose value is sent as the header Authorization, for instance Bearer and a token',
)

const Otlp = z
  .strictObject({ kind: z.literal('otlphttp'), endpoint: Endpoint, authorization })
  .describe('Traces, metrics and logs to whatever speaks OTLP over HTTP')
const RemoteWrite = z
  .strictObject({ kind: z.literal('prometheusremotewrite'), endpoint: Endpoint, authorization })
  .describe(
    'Metrics to Prometheus, or what is written to like it. The template monitoring lets in those ' +
      'namespaces that its clientNamespaces name',
  )
const AzureMonitor = z
  .strictObject({
    kind: z.literal('azuremonitor'),
    connectionString: SecretKeyRef.describe('Key of a Secret in the tenant’s namespace'),
  })
  .describe('Traces, metrics and logs to Application Insights')

export const OpenTelemetryCollectorParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  replicas: z.int().min(1).max(10).default(2),
  cpu: z
    .string()
    .regex(/^(?:[1-9][0-9]{2}m|[1-8])$/, 'cores or millicores, from 100m to 8')
    .default('500m'),
  memory: sizeBetween({ value: 256, unit: 'MiB' }, gib(16)).default({ value: 1, unit: 'GiB' }),
  exporters: z
    .array(z.discriminatedUnion('kind', [Otlp, RemoteWrite, AzureMonitor]))
    .min(1)
    .max(5)
    .describe('Where signals go; each goes to every exporter that takes its kind'),
  allowNamespaces: z
    .array(HostName)
    .max(50)
    .default([])
    .describe('Other namespaces whose pods may send; those of its own always may'),
})
export type OpenTelemetryCollectorParameters = z.infer<typeof OpenTelemetryCollectorParameters>
