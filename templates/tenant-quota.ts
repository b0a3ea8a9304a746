// Template tenant-quota: how much a tenant may have, as a file in the operators' repository.
import { QUOTA_TEMPLATE, TenantQuotaParameters } from '../schemas/quota.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

const DIRECTORY = 'inventory/tenant-quotas'

export const tenantQuota: Template<TenantQuotaParameters> = recordTemplate<TenantQuotaParameters>({
  name: QUOTA_TEMPLATE,
  version: '1.0.0',
  title: 'Quota of a tenant',
  description:
    'How many machines, cores, memory and disk a tenant may have, in all. Only the operators’ own tenant may ask for it; the ' +
    'plan shows the limits that hold beside the new ones and what is used. Without its record a tenant has the quota again ' +
    'that operators gave it when they made it.',
  kind: 'tenant-quota',
  parameters: TenantQuotaParameters,
  examples: [
    {
      title: 'Room for two hundred machines',
      name: 'dbis',
      parameters: {
        ...{ tenant: 'dbis', vms: 200, cores: 1000, memoryMiB: 4_000_000, diskGiB: 40_000 },
      },
    },
  ],
  unfit: (name, parameters) =>
    parameters.tenant === name
      ? []
      : [{ pointer: '/parameters/tenant', detail: 'Must be the name of the resource.' }],
  records: {
    directory: DIRECTORY,
    files: ({ name, parameters }) => [
      {
        path: `${DIRECTORY}/${name}.yaml`,
        value: { schema: 'phoenix.tenant-quota/v1', ...parameters },
      },
    ],
    platform: (_name, parameters) => ({ kind: 'tenant-quota', value: parameters }),
  },
})
