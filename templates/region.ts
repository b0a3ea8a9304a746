// Template region: a region of the installation as a file in Git. What runs there comes later: sites, clusters.
import { RegionParameters } from '../schemas/parameters/region.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

const DIRECTORY = 'inventory/regions'

export const region: Template<RegionParameters> = recordTemplate<RegionParameters>({
  name: 'region',
  version: '1.0.0',
  title: 'Region',
  description:
    'A region of this installation: its jurisdiction, its tier and its neighbours. Only the operators’ own tenant may ask ' +
    'for it; from its promotion on the region is changed by changes only. Where the catalogue knows the name it must agree.',
  kind: 'region',
  parameters: RegionParameters,
  examples: [
    {
      title: 'A region of Azure, in the core tier',
      name: 'northeurope',
      parameters: {
        ...{ jurisdiction: 'eu', tier: 'core', country: 'ie', latency: 'continental' },
        adjacent: ['westeurope'],
      },
    },
  ],
  records: {
    directory: DIRECTORY,
    files: ({ name, parameters }) => [
      {
        path: `${DIRECTORY}/${name}.yaml`,
        value: { schema: 'phoenix.region/v1', name, ...parameters },
      },
    ],
    platform: (name, parameters) => ({ kind: 'region', value: { name, ...parameters } }),
  },
})
