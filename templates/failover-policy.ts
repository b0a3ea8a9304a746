// Template failover-policy: a record that lets a resource leave a regional place, agreed on while there is time to think.
import { FAILOVER_POLICIES_FOLDER, FAILOVER_POLICY_TEMPLATE } from '../schemas/failover.ts'
import { FailoverPolicyParameters } from '../schemas/parameters/failover-policy.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

export const failoverPolicy: Template<FailoverPolicyParameters> =
  recordTemplate<FailoverPolicyParameters>({
    name: FAILOVER_POLICY_TEMPLATE,
    version: '1.0.0',
    title: 'Policy of failover',
    description:
      'Names the places that a resource may move to when its own is lost: a file in Git, planned and approved like any ' +
      'change. With it a failover between regional places needs one approval; without it there is none.',
    kind: FAILOVER_POLICY_TEMPLATE,
    parameters: FailoverPolicyParameters,
    examples: [
      {
        title: 'A database that may move to the next site',
        name: 'orders-may-move',
        parameters: {
          resource: 'orders',
          to: ['r630-01'],
          reason:
            'When its site is lost for more than an hour, as the owner of the service decides.',
        },
      },
    ],
    records: {
      directory: FAILOVER_POLICIES_FOLDER,
      files: ({ tenant, name, parameters: { resource, to, reason } }) => [
        {
          path: `${FAILOVER_POLICIES_FOLDER}/${name}.yaml`,
          value: {
            ...{ schema: 'phoenix.failover-policy/v1', tenant: tenant.slug, name },
            ...{ resource, to, reason },
          },
        },
      ],
    },
  })
