// How Argo CD reads: Applications, and ApplicationSets with a git directories generator, each under its AppProject.
// Knows no other generator and only the template expressions named below; the rest is refused, not guessed.
import * as z from 'zod'
import { forbiddenBy, ProjectSpec } from './app-project.ts'
import { childrenOf } from './git.ts'
import type { LiveObject } from './store.ts'
import { fill } from './template-expression.ts'
import {
  type Discovery,
  type EngineModel,
  FOLLOWED,
  matches,
  type Source,
  type Unit,
} from './unit.ts'

const GROUP = 'argoproj.io'
const NAMESPACE = 'argocd'

const ApplicationSpec = z.looseObject({
  project: z.string(),
  source: z.looseObject({ repoURL: z.string(), targetRevision: z.string(), path: z.string() }),
  destination: z.looseObject({ server: z.string().optional(), namespace: z.string() }),
  syncPolicy: z
    .looseObject({ automated: z.looseObject({ prune: z.boolean().default(false) }).optional() })
    .optional(),
})
type ApplicationSpec = z.infer<typeof ApplicationSpec>

const Directory = z.strictObject({ path: z.string(), exclude: z.boolean().default(false) })
const Step = z.looseObject({
  matchExpressions: z.array(
    z.strictObject({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }),
  ),
})
const SetSpec = z.looseObject({
  generators: z.tuple([
    z.strictObject({
      git: z.looseObject({
        repoURL: z.string(),
        revision: z.string(),
        directories: z.array(Directory).min(1),
      }),
    }),
  ]),
  strategy: z
    .looseObject({
      type: z.string(),
      rollingSync: z.looseObject({ steps: z.array(Step) }).optional(),
    })
    .optional(),
  template: z.looseObject({
    metadata: z.looseObject({
      name: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec: ApplicationSpec,
  }),
})

const discover: EngineModel['discover'] = (input) => {
  const units: Unit[] = []
  const unreadable = new Set<string>()
  for (const { id, manifest } of input.live.ofKind(GROUP, 'Application')) {
    const spec = ApplicationSpec.safeParse(manifest.spec)
    if (spec.success) units.push(unitOf(input, id, manifest.metadata.name, spec.data))
    else unreadable.add(id)
  }
  for (const set of input.live.ofKind(GROUP, 'ApplicationSet')) {
    const generated = generate(input, set)
    if (generated === null) unreadable.add(set.id)
    else units.push(...generated)
  }
  return { units: [...firstSteps(input, units), ...units], unreadable }
}

/** What an operator applies by hand to a new cluster; afterwards the entry point's own set goes on with it. */
const firstSteps = (input: Discovery, known: Unit[]): Unit[] => {
  const { cluster, platform } = input
  if (platform.tree === null) return []
  const directory = `clusters/${cluster}/argocd`
  const leaves = childrenOf(platform.tree, directory).filter(({ type }) => type === 'tree')
  const own = leaves.filter(({ path }) => path === `${directory}/00-platform`)
  return (own.length > 0 ? own : leaves)
    .filter(({ path }) => !known.some((unit) => unit.path === path))
    .map(({ path }) => ({
      name: `platform-${path.slice(directory.length + 1)}`,
      parent: 'entry',
      component: path.slice(directory.length + 1),
      repositoryUrl: platform.fullName,
      path,
      source: platform,
      waitsFor: [],
      prune: false,
      defaultNamespace: NAMESPACE,
      generated: false,
      forbids: () => null,
      allowance: 'entry',
      fault: null,
    }))
}

/** One Application per directory that the generator finds; null when it cannot be read now or not at all. */
const generate = (input: Discovery, set: LiveObject): Unit[] | null => {
  const spec = SetSpec.safeParse(set.manifest.spec)
  if (!spec.success) return null
  const [{ git }] = spec.data.generators
  const tree = git.revision === FOLLOWED ? input.find(git.repoURL)?.tree : undefined
  if (tree === null || tree === undefined) return null
  const included = git.directories.filter(({ exclude }) => !exclude)
  const excluded = git.directories.filter(({ exclude }) => exclude)
  const directories = [...tree.entries.values()]
    .filter(({ type, path }) => type === 'tree' && included.some((row) => matches(row.path, path)))
    .filter(({ path }) => !excluded.some((row) => matches(row.path, path)))
    .map(({ path }) => path)
    .sort()
  const { strategy, template } = spec.data
  const steps = strategy?.type === 'RollingSync' ? (strategy.rollingSync?.steps ?? []) : null
  const rolled: { unit: Unit; step: number }[] = []
  for (const directory of directories) {
    const filled = fill(template, directory)
    if (filled === null) return null
    const unit = unitOf(input, set.id, filled.metadata.name, filled.spec)
    const step = steps?.findIndex(takes(filled.metadata.labels)) ?? 0
    // An Application that no step selects is never synced: better said than waited for.
    const fault = step < 0 ? 'no step of the rolling sync takes it' : unit.fault
    rolled.push({ unit: { ...unit, fault }, step })
  }
  return rolled.map(({ unit, step }) => ({
    ...unit,
    waitsFor: rolled
      .filter((other) => other.step >= 0 && other.step < step)
      .map((other) => other.unit.name),
  }))
}

const takes =
  (labels: Record<string, string>) =>
  ({ matchExpressions }: z.infer<typeof Step>): boolean =>
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))

const unitOf = (input: Discovery, parent: string, name: string, spec: ApplicationSpec): Unit => {
  const { repoURL, targetRevision, path } = spec.source
  const projectObject = input.live.get(`${GROUP}/AppProject/${NAMESPACE}/${spec.project}`)
  const project = ProjectSpec.safeParse(projectObject?.manifest.spec)
  const source = input.find(repoURL)
  return {
    name,
    parent,
    component: path.slice(path.lastIndexOf('/') + 1),
    repositoryUrl: repoURL,
    path,
    source,
    waitsFor: [],
    prune: spec.syncPolicy?.automated?.prune ?? false,
    defaultNamespace: spec.destination.namespace,
    generated: false,
    forbids: (object, scope) =>
      project.success ? forbiddenBy(project.data, spec.destination.server, object, scope) : null,
    allowance: JSON.stringify(project.data ?? null),
    fault: faultOf({ project: project.data, source, repoURL, targetRevision }),
  }
}

const faultOf = (input: {
  project: ProjectSpec | undefined
  source: Source | null
  repoURL: string
  targetRevision: string
}): string | null => {
  const { project, source, repoURL, targetRevision } = input
  if (project === undefined) return 'its AppProject does not exist'
  if (!project.sourceRepos.some((pattern) => matches(pattern, repoURL, true))) {
    return 'its AppProject does not allow this repository'
  }
  if (targetRevision !== FOLLOWED) return `it follows another revision than ${FOLLOWED}`
  if (source === null) return 'its repository is not known here'
  return source.tree === null ? `its repository has no branch ${FOLLOWED}` : null
}

/** A prune that waits for confirmation is a running operation. */
const PHASES = {
  progressing: 'Running',
  degraded: 'Running',
  failed: 'Failed',
  healthy: 'Succeeded',
}

/** The body of our notification template (gitops/argocd-entry.ts), plus the two marks of a stand-in. */
const report: EngineModel['report'] = ({ unit, revision, outcome, live, at }) => {
  const notifications = live.get(`/ConfigMap/${NAMESPACE}/argocd-notifications-cm`)
  const data = notifications?.manifest.data as Record<string, unknown> | undefined
  if (data?.['service.webhook.phoenix'] === undefined) return null
  const { state } = outcome
  return {
    app: {
      metadata: { name: unit.name },
      spec: { source: { repoURL: unit.repositoryUrl, path: unit.path } },
      status: {
        reconciledAt: at.toISOString(),
        sync: { status: state === 'healthy' ? 'Synced' : 'OutOfSync', revision },
        health: { status: state === 'progressing' ? 'Progressing' : 'Healthy' },
        operationState: {
          phase: PHASES[state],
          operation: { sync: { revision } },
          syncResult: { revision },
          awaitsConfirmation: state === 'degraded',
        },
      },
    },
    message: outcome.message,
    simulated: true,
  }
}

export const argocd: EngineModel = { discover, report }
