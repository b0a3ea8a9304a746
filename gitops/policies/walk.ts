// How policies look at an object: where its pods are, and JSON pointers to what they find. Judges nothing.
import type { Finding } from '../../schemas/plan.ts'
import type { RuleId } from '../../schemas/rules.ts'
import type { Manifest } from '../../schemas/template.ts'

export type Fields = Record<string, unknown>

/** An object and the file it is in. */
export interface RenderedObject {
  path: string
  manifest: Manifest
}

/** What a policy found in one object; the judge makes a finding of it. */
export interface Hit {
  rule: RuleId
  message: string
  /** RFC 6901, into the object. */
  pointer: string
  numbers?: Record<string, number>
  /** Where it is milder than the rule says. */
  severity?: Finding['severity']
}
export interface FileHit extends Hit {
  file: string
}

/** An empty record for whatever is none. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
export const listOf = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.map(fieldsOf) : []

export const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce((found, key) => fieldsOf(found)[key], value)

export const pointerTo = (...keys: (string | number)[]): string =>
  keys.map((key) => `/${`${key}`.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

export interface Container {
  pointer: string
  fields: Fields
  /** Runs to its end before the others begin. */
  initial: boolean
}

/** The pods that an object makes. */
export interface Pods {
  kind: string
  /** Of the pod's spec. */
  pointer: string
  spec: Fields
  metadata: Fields
  metadataPointer: string
  containers: Container[]
}

const TEMPLATE = ['spec', 'template']
/** Where each kind has its pod template. CloudNativePG's Cluster has none: its operator makes the pods. */
const POD_TEMPLATES: Record<string, readonly string[]> = {
  Pod: [],
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicaSet: TEMPLATE,
  Job: TEMPLATE,
  Rollout: TEMPLATE,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const

export const podsOf = (manifest: Manifest): Pods | undefined => {
  const path = Object.hasOwn(POD_TEMPLATES, manifest.kind)
    ? POD_TEMPLATES[manifest.kind]
    : undefined
  if (!path) return undefined
  const template = at(manifest, ...path)
  const spec = fieldsOf(at(template, 'spec'))
  const pointer = pointerTo(...path, 'spec')
  return {
    ...{ kind: manifest.kind, pointer, spec },
    metadata: fieldsOf(at(template, 'metadata')),
    metadataPointer: pointerTo(...path, 'metadata'),
    containers: LISTS.flatMap((list) =>
      listOf(spec[list]).map((fields, index) => ({
        ...{ fields, pointer: `${pointer}${pointerTo(list, index)}` },
        initial: list === 'initContainers',
      })),
    ),
  }
}
