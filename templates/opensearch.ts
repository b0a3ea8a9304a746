// Template opensearch: a search cluster by its chart, in the tenant's own namespace, with certificates of its own.
import { OpenSearchParameters } from '../schemas/parameters/opensearch.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import {
  openSearch as cluster,
  openSearchDashboards as dashboards,
  openSearchCertificates,
  openSearchGates,
  openSearchPods,
} from './parts/opensearch.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'opensearch'

export const openSearch: Template<OpenSearchParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'OpenSearch',
  description:
    'A search cluster of one or three instances, encrypted throughout, with Dashboards if wanted. ' +
    'One in a namespace. Needs cert-manager on the cluster.',
  kind: NAME,
  parameters: OpenSearchParameters,
  examples: [
    {
      title: 'Three instances with Dashboards',
      name: 'search',
      parameters: {
        memory: { value: 16, unit: 'GiB' },
        cores: 4,
        storage: { value: 500, unit: 'GiB' },
        usersSecret: 'search-users',
        dashboards: { accountSecret: 'search-dashboards' },
      },
    },
    {
      title: 'A single one for trials',
      name: 'trial-search',
      parameters: {
        instances: 1,
        cores: 1,
        memory: { value: 2, unit: 'GiB' },
        storage: { value: 10, unit: 'GiB' },
        usersSecret: 'search-users',
      },
    },
  ],
  renders: ['Issuer', 'Certificate', 'HelmRepository', 'HelmRelease', 'NetworkPolicy'],
  // Its pods stay in the namespace; but only the cluster's owner has an account that installs charts.
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(openSearchPods(name, parameters)),
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { instances } }) =>
    instances === 1
      ? [
          finding('SINGLE-INSTANCE', 'One instance keeps the only copy of every index.', {
            pointer: '/parameters/instances',
          }),
        ]
      : [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          ...openSearchCertificates(scope),
          ...helmRelease(scope, { chart: 'opensearch', values: cluster(scope, parameters) }),
          ...(parameters.dashboards === undefined
            ? []
            : helmRelease(scope, {
                chart: 'opensearch-dashboards',
                values: dashboards(scope, parameters.dashboards),
                dependsOn: ['opensearch'],
              })),
          ...openSearchGates(scope, parameters),
        ],
      },
    ]
  },
}
