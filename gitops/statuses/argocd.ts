// Argo CD's words into ours: the body that our own notification template sends (../entry-points.ts writes it).
// Does not know tenants, changes or `live`: whether a commit was ever promoted is the actor's to judge.
//
// Argo CD's webhook service cannot sign, so each cluster has its own bearer secret, sent over TLS. The body carries
// no free text of the engine: its error messages have leaked credentials before (CVE-2023-25163, CVE-2025-23216).
import * as z from 'zod'
import { DIFFERENCES_SHOWN } from '../../schemas/drift.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { StatusReport } from '../../schemas/status.ts'
import { commitOf, plainLine, repositoryName } from './source.ts'

/** A leaf of a tenant's repository, or of the platform repository's entry points. */
const LEAF_PATH = /^(?:rendered\/([a-z0-9-]+)|clusters\/([a-z0-9-]+)\/argocd)\/([a-z0-9-]{1,63})$/

/** A body with more of them is refused: our template names only those that are not as they should be. */
const OBJECTS_READ = 5_000
/** Kinds and names as Kubernetes allows them; what is anything else is left out. */
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/
const NAME = /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/

const Word = z.string().max(100).nullish()

/** Field names are Argo CD's own (Application, argoproj.io/v1alpha1). `simulated` and `message` come from a stand-in only. */
const Payload = z.object({
  app: z.object({
    metadata: z.object({ name: z.string().min(1).max(253) }),
    spec: z.object({
      source: z.object({ repoURL: z.string().max(2000), path: z.string().max(500) }),
    }),
    status: z.object({
      reconciledAt: Word,
      sync: z.object({ status: Word, revision: Word }),
      health: z.object({ status: Word }),
      operationState: z
        .object({
          phase: Word,
          operation: z.object({ sync: z.object({ revision: Word }).nullish() }).nullish(),
          syncResult: z.object({ revision: Word }).nullish(),
          /** Computed by the template, so that the engine's own text stays on the cluster. */
          awaitsConfirmation: z.boolean().default(false),
        })
        .nullish(),
      /** Only those that are out of sync or degraded; entry points of before this release send none. */
      resources: z
        .array(
          z
            .object({
              kind: Word,
              namespace: z.string().max(253).nullish(),
              name: z.string().max(253).nullish(),
              sync: Word,
              health: Word,
            })
            .nullable(),
        )
        .max(OBJECTS_READ)
        .default([]),
    }),
  }),
  simulated: z.boolean().default(false),
  message: z.string().max(10_000).optional(),
})

type Status = z.infer<typeof Payload>['app']['status']
type Row = Pick<StatusReport, 'state' | 'message'> & {
  when: (status: Status) => boolean
  at: (status: Status) => string | null | undefined
  /** Objects that are out of sync are no work under way. */
  drifted?: true
}

/** The commit the engine compared the cluster with. */
const compared = ({ sync }: Status) => sync.revision
/** The commit the engine is working on. */
const operated = ({ sync, operationState: state }: Status) =>
  state?.syncResult?.revision || state?.operation?.sync?.revision || sync.revision

/** First row that fits. A pending prune comes first: Argo CD shows it as a running operation. */
const rows: Row[] = [
  {
    when: ({ operationState }) => operationState?.awaitsConfirmation === true,
    state: 'degraded',
    message: 'Argo CD waits: prune needs confirmation',
    at: operated,
  },
  {
    when: ({ operationState }) => ['Failed', 'Error'].includes(operationState?.phase ?? ''),
    state: 'failed',
    message: 'Argo CD could not apply the commit; the Application on the cluster says why',
    at: operated,
  },
  {
    when: ({ operationState }) => ['Running', 'Terminating'].includes(operationState?.phase ?? ''),
    state: 'progressing',
    message: 'Argo CD is applying the commit',
    at: operated,
  },
  {
    when: ({ sync }) => sync.status === 'Unknown',
    state: 'failed',
    message: 'Argo CD could not compare the commit with the cluster',
    at: compared,
  },
  {
    when: ({ health }) => health.status === 'Degraded',
    state: 'degraded',
    message: 'Argo CD reports the component as degraded',
    at: compared,
  },
  {
    when: ({ sync, health }) => sync.status === 'Synced' && health.status === 'Healthy',
    state: 'healthy',
    message: 'Argo CD reports the component as synced and healthy',
    at: compared,
  },
  {
    // The commit was applied whole, and the cluster has left it since.
    when: ({ sync, operationState: done }) =>
      sync.status === 'OutOfSync' &&
      done?.phase === 'Succeeded' &&
      commitOf(done.syncResult?.revision) === commitOf(sync.revision),
    state: 'progressing',
    message: 'Argo CD finds the cluster out of sync with the commit',
    at: compared,
    drifted: true,
  },
  {
    when: () => true,
    state: 'progressing',
    message: 'Argo CD has not finished with the commit',
    at: compared,
  },
]

/** Whether the sender knows this cluster's secret. An empty secret never matches. Never throws for what was sent. */
export const verifyArgocd = async (
  secret: string,
  headers: Pick<Headers, 'get'>,
  _rawBody: Uint8Array,
): Promise<boolean> => {
  const sent = /^Bearer ([\x21-\x7e]{1,1000})$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (secret === '' || sent === undefined) return false
  const [left, right] = await Promise.all([digest(secret), digest(sent)])
  // Over two digests of one length: neither the length nor the first difference shows in the time taken.
  return left.reduce((difference, byte, i) => difference | (byte ^ (right[i] ?? 0)), 0) === 0
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/**
 * What Argo CD says about one component. `null` is an authentic report that is about no component of ours at a commit:
 * take it and do nothing. Refuses with `malformed-request`; never throws.
 */
export const translateArgocd = (cluster: string, body: unknown): Result<StatusReport | null> => {
  const parsed = Payload.safeParse(body)
  if (!parsed.success) return malformed('The body is not what the notification template sends.')
  const { app, simulated, message } = parsed.data
  const [, rendered, entry, component] = LEAF_PATH.exec(app.spec.source.path) ?? []
  if (component === undefined) return ok(null)
  if ((rendered ?? entry) !== cluster) return malformed('The path is not rendered to this cluster.')
  const repository = repositoryName(app.spec.source.repoURL)
  if (repository === null) return malformed('repoURL names no repository.')

  const row = rows.find(({ when }) => when(app.status))
  const revision = row === undefined ? null : commitOf(row.at(app.status))
  if (row === undefined || revision === null) return ok(null)
  const said = simulated && message !== undefined ? plainLine(message) : row.message
  return ok({
    cluster,
    repository,
    component,
    revision,
    state: row.state,
    message: said,
    simulated,
    ...differing(row, app.status),
  })
}

const differing = (
  { state, drifted }: Row,
  { resources }: Status,
): Pick<StatusReport, 'differs'> => {
  const broken = state === 'degraded' || state === 'failed'
  type Named = NonNullable<StatusReport['differs']>
  const named = resources
    .flatMap((one): Named => {
      const { kind, namespace, name, sync, health } = one ?? {}
      if (!KIND.test(kind ?? '') || !NAME.test(name ?? '')) return []
      if (namespace && !NAME.test(namespace)) return []
      const what = `${kind} ${namespace ? `${namespace}/` : ''}${name}`
      if (health === 'Degraded' && broken) return [{ what, how: 'degraded' }]
      return drifted && sync === 'OutOfSync' ? [{ what, how: 'out-of-sync' }] : []
    })
    .slice(0, DIFFERENCES_SHOWN)
  if (named.length > 0) return { differs: named }
  return drifted ? { differs: [{ what: 'the component', how: 'out-of-sync' }] } : {}
}

const malformed = (detail: string): Result<never> => refuse('malformed-request', { detail })
