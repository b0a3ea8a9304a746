// Limits on names that are in no JSON Schema, because the API server checks them in code (validation.go of each group).
import type { Manifest } from '../../../schemas/template.ts'

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** RFC 1035: a Service's name begins with a letter. */
const SERVICE = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const SUBDOMAIN =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/
const LABEL_KEY =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
/** Name of a port: RFC 6335. */
const PORT = /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/
const MAX_ANNOTATION_BYTES = 262_144

/** Kinds whose names become labels or host names of what they make; others are subdomains of up to 253 characters. */
const NAME_OF: Record<string, RegExp | undefined> = {
  Namespace: LABEL,
  Service: SERVICE,
  Deployment: LABEL,
  DaemonSet: LABEL,
  Job: LABEL,
  // The hash of a revision, or the time of a run, is added to the name.
  StatefulSet: /^[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/,
  CronJob: /^[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/,
}

/** What is wrong with the names in an object: without the names themselves. */
export const nameFaults = (manifest: Manifest): string[] => [
  ...((NAME_OF[manifest.kind] ?? SUBDOMAIN).test(manifest.metadata.name)
    ? []
    : ['has a name that its kind cannot have']),
  ...(manifest.metadata.namespace === undefined || LABEL.test(manifest.metadata.namespace)
    ? []
    : ['has a namespace that is no label']),
  ...new Set(insideFaults(withoutGenerated(manifest), manifest.kind === 'Service')),
]

/** Argo CD fills in the names in an ApplicationSet's template. */
const withoutGenerated = (manifest: Manifest): unknown =>
  manifest.kind === 'ApplicationSet' ? { metadata: manifest.metadata } : manifest

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Labels, containers and ports anywhere in an object: pods hide in templates of many kinds. */
const insideFaults = (value: unknown, isService: boolean): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => insideFaults(item, isService))
  if (!isObject(value)) return []
  const own = Object.entries(value).flatMap(([key, field]) => {
    if (key === 'metadata' && isObject(field)) return metadataFaults(field)
    if (key === 'matchLabels') return labelFaults(field)
    if (key === 'containers' || key === 'initContainers') return containerFaults(field)
    if (key === 'ports' && isService) return namedFaults(field, LABEL, 'a port')
    return []
  })
  return [...own, ...Object.values(value).flatMap((field) => insideFaults(field, isService))]
}

const metadataFaults = ({ labels, annotations = {} }: Record<string, unknown>): string[] => [
  ...labelFaults(labels),
  ...(JSON.stringify(annotations).length > MAX_ANNOTATION_BYTES ? ['has long annotations'] : []),
]

const labelFaults = (labels: unknown): string[] =>
  Object.entries(isObject(labels) ? labels : {}).flatMap(([key, value]) => [
    ...(LABEL_KEY.test(key) ? [] : ['has a label whose key is none']),
    ...(typeof value === 'string' && LABEL_VALUE.test(value)
      ? []
      : ['has a label whose value is none']),
  ])

const namedFaults = (list: unknown, form: RegExp, what: string): string[] =>
  (Array.isArray(list) ? list : []).flatMap(({ name }: { name?: string }) =>
    name === undefined || form.test(name) ? [] : [`has ${what} whose name is none`],
  )

const containerFaults = (containers: unknown): string[] =>
  !Array.isArray(containers)
    ? []
    : [
        ...namedFaults(containers, LABEL, 'a container'),
        ...containers.flatMap(({ ports }) => namedFaults(ports, PORT, 'a container port')),
      ]
