// Entry points as the files of the platform repository: what an operator commits there when a cluster is registered.
import type { Cluster } from '../schemas/place.ts'
import type { Residency } from '../schemas/residency.ts'
import type { Manifest } from '../schemas/template.ts'
import { clusterEntry, tenantEntry } from './entry-points.ts'
import { fileName } from './paths.ts'
import { kustomization } from './render.ts'
import { toYaml } from './yaml.ts'

export interface EntryFile {
  path: string
  content: string
}

const leafFiles = ({ path, objects }: { path: string; objects: Manifest[] }): EntryFile[] => [
  ...objects.map((object) => ({ path: `${path}/${fileName(object)}`, content: toYaml(object) })),
  {
    path: `${path}/kustomization.yaml`,
    content: kustomization(path.slice(path.lastIndexOf('/') + 1), objects.map(fileName)),
  },
]

/** Entry points of one cluster and the way from it to each tenant's base. Deterministic. */
export const entryFiles = (input: {
  cluster: Pick<Cluster, 'name' | 'engine' | 'owner' | 'kubernetes'>
  tenants: { slug: string; repositoryUrl: string; residency?: Residency }[]
  platformRepositoryUrl: string
  publicUrl: string
}): EntryFile[] => {
  const { cluster, tenants, platformRepositoryUrl, publicUrl } = input
  return [
    ...leafFiles(clusterEntry({ cluster, platformRepositoryUrl, publicUrl })),
    ...tenants.flatMap(({ slug, ...tenant }) =>
      leafFiles(tenantEntry({ cluster, tenant: slug, ...tenant })),
    ),
  ]
}
