// Moving what stands from one place to another.
import type { RuleTable } from '../rule.ts'

export const failoverRules = {
  'FAILOVER-FROM': [
    'block',
    'Nothing of the resource is in the place to be left',
    'A failover changes places and nothing else: without anything there, it would change nothing.',
    'Read the resource: its parameters say where it is. Name one of those places as `from`.',
  ],
  'FAILOVER-TO': [
    'block',
    'The place cannot take over',
    'What moves needs a place that exists, that the tenant may use, and with as many sites as are left.',
    'List /v1/sites and name another one, or leave one site after the other.',
    { arithmetic: '{found} sites there, {needed} are needed' },
  ],
  'FAILOVER-SAME': [
    'block',
    'The place left is the place that takes over',
    'Nothing would move.',
    'Name two different places.',
  ],
  'FAILOVER-ADJACENT': [
    'block',
    'The places are not neighbours',
    'What runs at the edge is there for the people around it; it moves next door, and no further.',
    'Name a site or region that the one left has in `adjacent`, or have an operator enter the neighbour there.',
  ],
  'FAILOVER-POLICY': [
    'block',
    'No policy lets the resource move there',
    'Between regional places a failover is quick because people agreed on it beforehand.',
    'Create a resource of template failover-policy that names this resource and the place, and have it approved; then repeat.',
  ],
  'FAILOVER-DATA': [
    'warn',
    'The data do not move',
    'A failover changes where things are asked for. Disks stay where they are, local ones and those that hosts of one site share.',
    'Know from which backup each machine gets its data back, and of what time it is, before you approve.',
    {
      arithmetic:
        '{machines} machines start empty, {local} of them leave a disk of one host behind, {diskGiB} GiB together',
    },
  ],
  'FAILOVER-REMADE': [
    'warn',
    'Azure moves nothing from region to region',
    'The location of what stands in Azure cannot be changed. It is refused there until what stands is gone, and what comes after is empty.',
    'Take a backup out, delete the resource by a change, and create it in the other region; or approve only if it is lost already.',
    { arithmetic: '{objects} objects in Azure have another location afterwards' },
  ],
  'FAILOVER-ORDER': [
    'warn',
    'The order of a failover',
    'Two machines that both believe to be the one do more harm than none.',
    'Follow the order that the message gives. No engine stops what it can no longer reach.',
    { arithmetic: '{machines} machines stop, {objects} objects change their place' },
  ],
  'FAILOVER-CLUSTER': [
    'warn',
    'The cluster that applies it is in the place that is left',
    'If the cluster is lost as well, nothing applies what this change asks for.',
    'See that the cluster answers before you rely on this.',
  ],
} as const satisfies RuleTable
