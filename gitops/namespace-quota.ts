// The quota of the tenant's namespace against its pods: what the cluster would refuse to start is refused here. Pure.
import type { Finding, QuotaLine } from '../schemas/plan.ts'
import type { PodUse, Snapshot } from '../schemas/snapshot.ts'
import type { Demand } from '../schemas/template.ts'
import { findTemplate } from '../templates/index.ts'
import { finding } from './finding.ts'
import { namespacesOf } from './fleet/judge.ts'
import { baseLimitOf, NO_PODS, POD_KINDS, podUse, podUseOf } from './pod-use.ts'

interface Asked {
  template: string
  demand: Demand
  parameters: unknown
  /** Name of the cluster; absent: there is none. */
  cluster: string | undefined
  /** The change is a removal; `gone` when it takes the pods away. */
  removing: boolean
  gone: boolean
}

interface Judged {
  quota: QuotaLine[]
  findings: Finding[]
}

const NOTHING: Judged = { quota: [], findings: [] }
/** Field of the base's quota that sets the limit. */
const FIELDS = {
  pods: 'pods',
  podCpuMilli: 'cpu',
  podMemoryMiB: 'memory',
  podVolumeMiB: 'storage',
} as const

const WORDS = {
  pods: 'pods',
  podCpuMilli: 'CPU of pods',
  podMemoryMiB: 'memory of pods',
  podVolumeMiB: 'storage of pods',
} as const

/** One line per kind, with a NAMESPACE-QUOTA finding for each that is exceeded; none for what has no pods. */
export const judgeNamespaceQuota = (change: Asked, snapshot: Snapshot): Judged => {
  const parts = findTemplate(change.template)?.parts?.(change.parameters)
  if (parts) {
    return namespacesOf(parts, snapshot, ({ cluster, name, template, parameters }, world) => {
      const demand = template.demand(name, parameters)
      const part = { template: template.name, demand, parameters, cluster }
      return judgeNamespaceQuota({ ...change, ...part }, world)
    })
  }
  const namespace = snapshot.namespaces.find(({ cluster }) => cluster === change.cluster)
  if (!namespace) return NOTHING
  if (change.template === 'tenant-base') {
    return change.removing ? NOTHING : judgeBase(baseLimitOf(change), namespace)
  }
  const own = snapshot.existing ? podUseOf(snapshot.existing) : NO_PODS
  const asked = change.gone ? NO_PODS : podUse(change.demand.pods)
  if (own.pods === 0 && asked.pods === 0) return NOTHING
  // What does not grow always fits, or nobody could get back below a lowered quota.
  const quota = linesOf({ ...namespace, asked }, (kind) => asked[kind] <= own[kind])
  return {
    quota,
    findings: exceeded(quota).map(({ kind, numbers }) =>
      finding('NAMESPACE-QUOTA', `The namespace’s quota of ${WORDS[kind]} is exceeded.`, {
        ...{ pointer: '/parameters', numbers },
      }),
    ),
  }
}

/** A base must not allow less than is there, unless it allows as much as the one that stands. */
const judgeBase = (limit: PodUse, namespace: Snapshot['namespaces'][number]): Judged => {
  const { used, reserved } = namespace
  const quota = linesOf(
    { limit, used, reserved, asked: NO_PODS },
    (kind) => limit[kind] >= namespace.limit[kind],
  )
  return {
    quota,
    findings: exceeded(quota).map(({ kind, numbers }) =>
      finding('NAMESPACE-QUOTA', `The base would allow less than there is: ${WORDS[kind]}.`, {
        numbers,
        pointer: `/parameters/quota/${FIELDS[kind]}`,
      }),
    ),
  }
}

type Kind = (typeof POD_KINDS)[number]
type Line = QuotaLine & { kind: Kind }

const linesOf = (
  { limit, used, reserved, asked }: Record<'limit' | 'used' | 'reserved' | 'asked', PodUse>,
  anyway: (kind: Kind) => boolean,
): Line[] =>
  POD_KINDS.map((kind) => ({
    kind,
    limit: limit[kind],
    used: used[kind],
    reserved: reserved[kind],
    asked: asked[kind],
    fits: anyway(kind) || used[kind] + reserved[kind] + asked[kind] <= limit[kind],
  }))

const exceeded = (quota: Line[]) =>
  quota
    .filter(({ fits }) => !fits)
    .map(({ kind, limit, used, reserved, asked }) => ({
      kind,
      numbers: { limit, used, reserved, asked },
    }))
