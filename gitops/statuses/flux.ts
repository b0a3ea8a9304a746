// Flux's words into ours: the Event that notification-controller posts to a provider of type generic-hmac.
// Does not know tenants, changes or `live`: whether a commit was ever promoted is the actor's to judge.
//
// The repository is in the event because our Alerts put it there (spec.eventMetadata, ../entry-points.ts): they live in
// the platform repository and win over annotations of the object, so a tenant's object cannot claim another repository.
// The engine's message is not carried over: it quotes API server errors, and those have quoted secrets.
import * as z from 'zod'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { StatusReport } from '../../schemas/status.ts'
import { commitOf, LEAF_NAME, plainLine, repositoryName, TENANT_LEAF } from './source.ts'

/** Field names are Flux's own (event.toolkit.fluxcd.io/v1beta1). `simulated` comes from a stand-in only. */
const Payload = z.object({
  involvedObject: z.object({
    apiVersion: z.string().max(200).default(''),
    kind: z.string().max(100),
    name: z.string().min(1).max(253),
    namespace: z.string().max(63),
  }),
  severity: z.enum(['trace', 'info', 'error']),
  timestamp: z.string().max(100),
  reason: z.string().max(200),
  message: z.string().max(40_000),
  metadata: z.record(z.string(), z.string()).default({}),
  simulated: z.boolean().default(false),
})
type Event = z.infer<typeof Payload>

const GROUP = 'kustomize.toolkit.fluxcd.io'
const PLATFORM_NAMESPACE = 'phoenix-gitops'
const PLATFORM_ENTRY = 'phoenix-platform'
const PLATFORM_LEAF = '00-platform'

/** Reasons of kustomize-controller's Ready condition. Others follow the event's severity. */
const states: Record<string, Pick<StatusReport, 'state' | 'message'>> = {
  ReconciliationSucceeded: { state: 'healthy', message: 'Flux applied the commit' },
  Progressing: { state: 'progressing', message: 'Flux is applying the commit' },
  ProgressingWithRetry: { state: 'progressing', message: 'Flux is trying again' },
  DependencyNotReady: { state: 'progressing', message: 'Flux waits for a lower wave' },
  HealthCheckCanceled: { state: 'progressing', message: 'Flux goes on to a newer commit' },
  HealthCheckFailed: { state: 'degraded', message: 'Flux applied the commit; it is not healthy' },
  PruneFailed: { state: 'degraded', message: 'Flux could not remove what left Git' },
  ArtifactFailed: { state: 'failed', message: 'Flux could not fetch the commit' },
  BuildFailed: { state: 'failed', message: 'Flux could not build the component' },
  ReconciliationFailed: { state: 'failed', message: 'Flux could not apply the commit' },
}

/** Whether the exact bytes of the body were signed with this cluster's secret (HMAC-SHA256, `X-Signature: sha256=<hex>`). */
export const verifyFlux = async (
  secret: string,
  headers: Pick<Headers, 'get'>,
  rawBody: Uint8Array,
): Promise<boolean> => {
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(headers.get('x-signature') ?? '')?.[1]
  if (secret === '' || hex === undefined) return false
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  return crypto.subtle.verify('HMAC', key, signature, new Uint8Array(rawBody))
}

/**
 * What Flux says about one component. `null` is an authentic event that is about no component of ours at a commit:
 * take it and do nothing. Refuses with `malformed-request`; never throws.
 */
export const translateFlux = (cluster: string, body: unknown): Result<StatusReport | null> => {
  const parsed = Payload.safeParse(body)
  if (!parsed.success) return malformed('The body is not an event of Flux.')
  const event = parsed.data
  const ofEngine = event.involvedObject.apiVersion.startsWith(`${GROUP}/`)
  if (!ofEngine || event.involvedObject.kind !== 'Kustomization') return ok(null)
  const component = componentOf(event)
  const revision = commitOf(metadata(event, 'revision'))
  if (component === null || revision === null || event.severity === 'trace') return ok(null)
  const named = metadata(event, 'cluster')
  if (named !== undefined && named !== cluster) return malformed('The event is of another cluster.')
  const repository = repositoryName(metadata(event, 'repository') ?? '')
  if (repository === null) return malformed('The event names no repository.')
  const { state, message } = stateOf(event)
  const said = event.simulated ? plainLine(event.message) : message
  const { simulated } = event
  return ok({ cluster, repository, component, revision, state, message: said, simulated })
}

/** notification-controller strips the group from metadata keys; an event that came another way still has it. */
const metadata = ({ metadata: all }: Event, key: string): string | undefined =>
  all[key] ?? all[`${GROUP}/${key}`] ?? all[`event.toolkit.fluxcd.io/${key}`]

/** Entries of components are named after their leaf; those of the platform's namespace after what they fetch. */
const componentOf = ({ involvedObject: { name, namespace } }: Event): string | null => {
  if (namespace !== PLATFORM_NAMESPACE) return LEAF_NAME.test(name) ? name : null
  if (name === PLATFORM_ENTRY) return PLATFORM_LEAF
  return name.startsWith('tenant-') ? TENANT_LEAF : null
}

const stateOf = ({ reason, severity, message }: Event): Pick<StatusReport, 'state' | 'message'> => {
  const row = Object.hasOwn(states, reason) ? states[reason] : undefined
  // With `wait`, this is the last word on a commit where success events are not forwarded (some 1.8 releases).
  if (reason === 'Progressing' && message.startsWith('Health check passed in ')) {
    return { state: 'healthy', message: 'Flux applied the commit and checked its health' }
  }
  if (row !== undefined && (row.state !== 'healthy' || severity === 'info')) return row
  return severity === 'error'
    ? {
        state: 'failed',
        message: 'Flux reports an error; the Kustomization on the cluster says why',
      }
    : { state: 'progressing', message: 'Flux has not finished with the commit' }
}

const malformed = (detail: string): Result<never> => refuse('malformed-request', { detail })
