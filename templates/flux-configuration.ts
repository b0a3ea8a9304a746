// Template flux-configuration: a record that Phoenix puts into Azure Resource Manager as it stands in Git, once it is promoted.
// The cluster is one that the tenant has registered; its place in Azure is known to the tenant's actor alone.
import {
  FLUX_FOLDER,
  FLUX_RECORD_SCHEMA,
  FLUX_TEMPLATE,
  FluxConfigurationName,
  type FluxRecord,
  fluxFile,
  fluxProperties,
} from '../schemas/flux.ts'
import { FluxConfigurationParameters } from '../schemas/parameters/flux-configuration.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

export const fluxConfiguration: Template<FluxConfigurationParameters> =
  recordTemplate<FluxConfigurationParameters>({
    name: FLUX_TEMPLATE,
    version: '1.0.0',
    title: 'Flux configuration in Azure',
    description:
      'GitOps by Azure on a cluster that is registered in Azure Arc, or on AKS: the body that Azure Resource Manager gets, as a ' +
      'file in Git, planned and approved like any change. Phoenix puts it once it is promoted, and says where Azure has another.',
    kind: FLUX_TEMPLATE,
    parameters: FluxConfigurationParameters,
    examples: [
      {
        title: 'A connected cluster follows the tenant’s entries',
        name: 'lab-flux',
        parameters: {
          arcCluster: 'lab-arc',
          namespace: 'acme',
          localAuthRef: 'phoenix-git',
          kustomizations: [{ name: 'tenant', path: 'clusters/lab/flux', wait: false }],
        },
      },
      {
        title: 'An AKS cluster follows two components, one after the other',
        name: 'aks-flux',
        parameters: {
          arcCluster: 'prod',
          namespace: 'acme',
          kustomizations: [
            { name: 'policies', path: 'rendered/aks/30-policies' },
            {
              ...{ name: 'portal', path: 'rendered/aks/70-portal', dependsOn: ['policies'] },
              timeoutSeconds: 900,
            },
          ],
        },
      },
    ],
    unfit: (name) =>
      FluxConfigurationName.safeParse(name).success
        ? []
        : [{ pointer: '/name', detail: 'Azure takes names of 1 to 30 characters for these.' }],
    records: {
      directory: FLUX_FOLDER,
      files: ({ tenant, name, parameters: { arcCluster, ...spec } }) => [
        {
          path: fluxFile(name),
          value: {
            ...{ schema: FLUX_RECORD_SCHEMA, tenant: tenant.slug, name, arcCluster },
            body: { properties: fluxProperties(tenant.repositoryUrl, spec) },
          } satisfies FluxRecord,
        },
      ],
    },
  })
