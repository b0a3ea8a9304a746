// The values of the chart argocd-apps that we set: one project, and that one closed.
import * as z from 'zod'

const Nowhere = z.literal('https://nowhere.invalid')
const Everything = z.tuple([z.strictObject({ group: z.literal('*'), kind: z.literal('*') })])

export const argocdAppsValues = z.strictObject({
  projects: z.strictObject({
    default: z.strictObject({
      namespace: z.literal('argocd'),
      description: z.string().regex(/^[A-Za-z][A-Za-z0-9 ,]{0,200}$/),
      sourceRepos: z.tuple([Nowhere]),
      destinations: z.tuple([z.strictObject({ server: Nowhere, namespace: z.literal('nowhere') })]),
      clusterResourceBlacklist: Everything,
      namespaceResourceBlacklist: Everything,
    }),
  }),
})
export type ArgocdAppsValues = z.infer<typeof argocdAppsValues>
