// What the tables of policy cases share: a made-up context, objects that pass, and the examination that every table gets.
import { expect, it } from 'vitest'
import type { Finding } from '../../schemas/plan.ts'
import { type RuleId, rules } from '../../schemas/rules.ts'
import type { Manifest } from '../../schemas/template.ts'
import { exampleInput } from '../../templates/example-inputs.ts'
import { findTemplate } from '../../templates/index.ts'
import { namesIn } from '../arithmetic.ts'
import { type Rendered, render } from '../render.ts'
import { snapshotOf } from '../world.fixture.ts'
import { type PolicyContext, policyContext } from './context.ts'
import { judgePolicies } from './judge.ts'

/** One rule, one way to break it: the same thing passes, and bent it fails with exactly these words of where and what to do. */
export type PolicyCase = Broken & Place

/** Compulsory: a finding that is about nowhere does not pass. */
type Place = { file: string; pointer?: string } | { file?: string; pointer: string }

interface Broken {
  rule: RuleId
  what: string
  passes: () => Finding[]
  fails: () => Finding[]
  /** Words of the way out, typed here. */
  hint: string
  severity?: Finding['severity']
  /** Words of the message, where one place can be wrong in several ways. */
  says?: string
}

export const examine = (cases: readonly PolicyCase[]): void =>
  it.each(cases)(
    '$rule: $what',
    ({ rule, passes, fails, file, pointer, hint, severity, says = '' }) => {
      const of = (findings: Finding[]) => findings.filter((found) => found.rule === rule)
      expect(of(passes())).toEqual([])
      const found = of(fails()).filter(({ message }) => message.includes(says))
      const wanted = { file, pointer, severity: severity ?? rules[rule].severity }
      expect(
        found.map((one) => ({ file: one.file, pointer: one.pointer, severity: one.severity })),
      ).toContainEqual(wanted)
      for (const { fix, message, file: inFile, pointer: into, numbers } of found) {
        expect(inFile ?? into).toBeDefined()
        expect(fix).toContain(hint)
        expect(
          namesIn(rules[rule].arithmetic ?? '').filter((name) => numbers?.[name] === undefined),
        ).toEqual([])
        expect(message).toMatch(/^\S.+\.$/)
      }
    },
  )

export const renderedExample = (
  name: string,
  engine: 'argocd' | 'flux' = 'argocd',
  which = 0,
): Rendered & { input: ReturnType<typeof exampleInput> } => {
  const template = findTemplate(name)
  const example = template?.examples[which]
  if (!template || !example) throw new Error('no such example')
  const input = exampleInput(template, example, engine)
  return { ...render(template, input), input }
}

export const contextOf = (more: Partial<PolicyContext> = {}): PolicyContext => {
  const { input } = renderedExample('application')
  const snapshot = snapshotOf({ clusters: [input.cluster] })
  return { ...policyContext(input, { name: 'application' }, snapshot), ...more }
}

export const FILE = 'rendered/core/70-x/x.yaml'

/** Judges objects, all but the first in files of their own. */
export const judged = (
  objects: Manifest | readonly Manifest[],
  more: Partial<PolicyContext> = {},
): Finding[] => {
  const list: readonly Manifest[] = Array.isArray(objects) ? objects : [objects as Manifest]
  const rendered = list.map((manifest, index) => ({
    manifest,
    path: index === 0 ? FILE : `rendered/core/70-x/${index}.yaml`,
  }))
  return judgePolicies(rendered, contextOf(more))
}

/** A deep copy with one field set, by its path; undefined takes the field away. */
export const bent = (manifest: Manifest, path: string, value: unknown): Manifest => {
  const copy = structuredClone(manifest)
  const keys = path.split('/')
  const last = keys.pop() ?? ''
  let place = copy as Record<string, unknown>
  for (const key of keys) {
    place[key] ??= {}
    place = place[key] as Record<string, unknown>
  }
  if (value === undefined) delete place[last]
  else place[last] = value
  return copy
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`
export const GOOD_IMAGE = `ghcr.io/acme/portal:1.2.3@${DIGEST}`
export const GOOD_ATTESTATION = `ghcr.io/acme/portal@${DIGEST}`

/** An object of an example. */
export const objectOf = (template: string, kind: string, which = 0): Manifest => {
  const found = renderedExample(template, 'argocd', which).objects.find(
    ({ manifest }) => manifest.kind === kind,
  )
  if (!found) throw new Error(`no ${kind}`)
  return structuredClone(found.manifest)
}

const labels = { 'app.kubernetes.io/managed-by': 'phoenix', 'phoenix.cloud/resource': 'x' }
const spec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'x',
      image: GOOD_IMAGE,
      resources: {
        requests: { cpu: '1', memory: '1Gi' },
        limits: { cpu: '1', memory: '1Gi' },
      },
      livenessProbe: { tcpSocket: { port: 8080 } },
      readinessProbe: { tcpSocket: { port: 8080 } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
}
const template = {
  metadata: { labels, annotations: { 'phoenix.cloud/attestation': GOOD_ATTESTATION } },
  spec,
}
const API: Record<string, string> = {
  ...{ Pod: 'v1', Job: 'batch/v1', CronJob: 'batch/v1', Rollout: 'argoproj.io/v1alpha1' },
}

/** A workload of each kind that passes every policy but the one on kinds that templates do not render. */
export const workload = (kind = 'Deployment'): Manifest => ({
  apiVersion: API[kind] ?? 'apps/v1',
  kind,
  metadata: { name: 'x', namespace: 'dbis', labels },
  ...(kind === 'Pod'
    ? { metadata: { name: 'x', namespace: 'dbis', ...template.metadata }, spec }
    : kind === 'CronJob'
      ? { spec: { jobTemplate: { spec: { template } } } }
      : { spec: { replicas: 2, template } }),
})
/** Of the pods of `workload`. */
export const budget: Manifest = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'x', namespace: 'dbis' },
  spec: { maxUnavailable: 1, selector: { matchLabels: { 'phoenix.cloud/resource': 'x' } } },
}
