// REPLICAS and PDB: whether a workload survives the loss of one pod, and the emptying of nodes. Over a whole plan, since
// an autoscaler and a budget are objects of their own.
import { at, type FileHit, fieldsOf, podsOf, type RenderedObject } from './walk.ts'

const COUNTED = new Set(['Deployment', 'StatefulSet', 'Rollout'])

export const availability = (objects: readonly RenderedObject[]): FileHit[] => {
  const workloads = objects.filter(({ manifest }) => COUNTED.has(manifest.kind))
  if (workloads.length === 0) return []
  const scalers = new Map(
    objects
      .filter(({ manifest }) => manifest.kind === 'HorizontalPodAutoscaler')
      .map(({ path, manifest }) => {
        const target = fieldsOf(at(manifest, 'spec', 'scaleTargetRef'))
        const least = Number(at(manifest, 'spec', 'minReplicas') ?? 1)
        const key = `${manifest.metadata.namespace}/${target.kind}/${target.name}`
        return [key, { path, least }] as const
      }),
  )
  const budgets = objects
    .filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget')
    .map(({ manifest }) => ({
      namespace: manifest.metadata.namespace,
      labels: Object.entries(fieldsOf(at(manifest, 'spec', 'selector', 'matchLabels'))),
    }))
  return workloads.flatMap(({ path, manifest }): FileHit[] => {
    const { namespace, name } = manifest.metadata
    const scaler = scalers.get(`${namespace}/${manifest.kind}/${name}`)
    const count = scaler?.least ?? Number(at(manifest, 'spec', 'replicas') ?? 1)
    const labels = fieldsOf(podsOf(manifest)?.metadata.labels)
    const covered = budgets.some(
      (budget) =>
        budget.namespace === namespace &&
        budget.labels.every(([label, value]) => labels[label] === value),
    )
    return [
      ...(count >= 2
        ? []
        : [
            {
              rule: 'REPLICAS',
              file: scaler?.path ?? path,
              pointer: scaler ? '/spec/minReplicas' : '/spec/replicas',
              message: 'A workload may be down to one pod.',
            } as const,
          ]),
      // The budget of a single pod would only keep its node from being emptied.
      ...(covered || count < 2
        ? []
        : [
            {
              rule: 'PDB',
              file: path,
              pointer: '/spec/template/metadata/labels',
              message: 'No disruption budget selects the pods of a workload.',
            } as const,
          ]),
    ]
  })
}
