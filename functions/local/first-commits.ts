// The first commit of each demo repository: entry points of the clusters, and the tenant's base.
// Rendered by the product itself; only the act of putting it into a fresh repository belongs to the laptop.
import { type EntryFile, entryFiles } from '../../gitops/entry-files.ts'
import { render } from '../../gitops/render.ts'
import type { Cluster } from '../../schemas/place.ts'
import { findTemplate } from '../../templates/index.ts'

const owners = (team: string): EntryFile[] => [{ path: 'CODEOWNERS', content: `* @${team}\n` }]

/** Entry points of every cluster, each engine under its own folder, and the way to every tenant's base. */
export const platformFiles = (input: {
  clusters: Cluster[]
  tenants: { slug: string; repositoryUrl: string }[]
  platformRepositoryUrl: string
  publicUrl: string
}): EntryFile[] => {
  const { clusters, tenants, platformRepositoryUrl, publicUrl } = input
  const readme =
    '# Fleet\n\nEntry points of the clusters. Argo CD and Flux follow the branch `live`, which only Phoenix moves.\n'
  return [
    { path: 'README.md', content: readme },
    ...owners('platform/operators'),
    ...clusters.flatMap((cluster) =>
      entryFiles({ cluster, tenants, platformRepositoryUrl, publicUrl }),
    ),
  ]
}

/** The tenant's base on the clusters named, as the template tenant-base renders it with its defaults. */
export const tenantFiles = (input: {
  tenant: { slug: string; repositoryUrl: string }
  clusters: Cluster[]
}): EntryFile[] => {
  const template = findTemplate('tenant-base')
  if (!template) throw new Error('the template tenant-base is missing')
  const readme = `# Infrastructure of ${input.tenant.slug}\n\nRendered manifests. Every change is one pull request whose body is its plan; the engines follow the branch \`live\`.\n`
  return [
    { path: 'README.md', content: readme },
    ...owners(`${input.tenant.slug}/approvers`),
    ...input.clusters.flatMap(
      (cluster) =>
        render(template, {
          tenant: input.tenant,
          name: 'base',
          cluster,
          sites: [],
          parameters: template.parameters.parse({}),
          placement: [],
          identities: [],
          guardsLifted: false,
        }).files,
    ),
  ]
}
