// What pods take of the tenant's namespace on a cluster, and what its base allows them. Pure.
import * as z from 'zod'
import { cpuMilliOf, supplyMiBOf } from '../schemas/kubernetes-quantity.ts'
import { TenantBaseParameters } from '../schemas/parameters/tenant-base.ts'
import type { NamespaceUse, PodUse } from '../schemas/snapshot.ts'
import type { PodDemand } from '../schemas/template.ts'
import { findTemplate } from '../templates/index.ts'

export const POD_KINDS = ['pods', 'podCpuMilli', 'podMemoryMiB', 'podVolumeMiB'] as const

const eachKind = (value: (kind: (typeof POD_KINDS)[number]) => number): PodUse => ({
  pods: value('pods'),
  podCpuMilli: value('podCpuMilli'),
  podMemoryMiB: value('podMemoryMiB'),
  podVolumeMiB: value('podVolumeMiB'),
})

export const NO_PODS: PodUse = eachKind(() => 0)

export const addPods = (a: PodUse, b: PodUse): PodUse => eachKind((kind) => a[kind] + b[kind])

/** What `after` takes beyond `before`, kind by kind; what shrinks gives nothing back yet. */
export const growthOf = (before: PodUse, after: PodUse): PodUse =>
  eachKind((kind) => Math.max(0, after[kind] - before[kind]))

export const podUse = (demand: PodDemand[] = []): PodUse =>
  demand.reduce(
    (sum, { count, cpuMilli, memoryMiB, volumeMiB }) =>
      addPods(sum, {
        pods: count,
        podCpuMilli: count * cpuMilli,
        podMemoryMiB: count * memoryMiB,
        podVolumeMiB: count * volumeMiB,
      }),
    NO_PODS,
  )

/** Something that stands, or that a change makes: what it was made from and where. */
export interface Made {
  name: string
  template: string
  templateVersion: string
  cluster: string
  parameters: unknown
}

const BASE = 'tenant-base'

/** What a resource's pods take. Parameters that its template no longer takes count nothing: they are not this request's. */
export const podUseOf = ({
  name,
  template,
  templateVersion,
  parameters,
}: Omit<Made, 'cluster'>): PodUse => {
  const made = findTemplate(template, templateVersion) ?? findTemplate(template)
  const parsed = made?.parameters.safeParse(parameters)
  if (!made || !parsed?.success) return NO_PODS
  try {
    return podUse(made.demand(name, parsed.data).pods)
  } catch (error) {
    // A phase reads the parameters of its blocks only now.
    if (error instanceof z.ZodError) return NO_PODS
    throw error
  }
}

/** What a base allows. Without one that can be read: the defaults, with which repositories begin. */
export const baseLimitOf = (base?: Pick<Made, 'parameters'>): PodUse => {
  const read = TenantBaseParameters.safeParse(base?.parameters ?? {})
  const { quota } = read.success ? read.data : TenantBaseParameters.parse({})
  return {
    pods: quota.pods,
    podCpuMilli: cpuMilliOf(quota.cpu),
    podMemoryMiB: supplyMiBOf(quota.memory),
    podVolumeMiB: supplyMiBOf(quota.storage),
  }
}

/** The tenant's namespace on a cluster, as a request about `subject` finds it. */
export const namespaceOn = (
  cluster: string,
  {
    resources,
    open,
    subject,
    basesOn,
  }: {
    /** The tenant's resources but the subject. */
    resources: Made[]
    /** What its other open changes make. */
    open: Made[]
    /** The resource the request names, as it stands. */
    subject: Made | null
    basesOn: string[]
  },
): NamespaceUse => {
  const here = ({ cluster: name }: Made) => name === cluster
  const standing = resources.filter(here)
  const base = [...standing, ...(subject && here(subject) ? [subject] : [])].find(
    ({ template }) => template === BASE,
  )
  const limit = base || basesOn.includes(cluster) ? baseLimitOf(base) : NO_PODS
  const reserved = open.filter(here).map((made) => {
    if (made.template === BASE) return growthOf(baseLimitOf(made), limit)
    const now = standing.find(({ name }) => name === made.name)
    return growthOf(now ? podUseOf(now) : NO_PODS, podUseOf(made))
  })
  return {
    cluster,
    limit,
    used: standing.map(podUseOf).reduce(addPods, NO_PODS),
    reserved: reserved.reduce(addPods, NO_PODS),
  }
}
