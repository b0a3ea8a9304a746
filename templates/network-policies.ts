// Template network-policies: named rules of who may talk to whom. A rule between two groups of the tenant's own pods
// opens both ends, since the namespace denies what goes out as well as what comes in.
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer'
import {
  isOwn,
  NetworkPoliciesParameters,
  type PolicyPeer,
  type PolicyRule,
} from '../schemas/parameters/network-policies.ts'
import { EMPTY_DEMAND, type Manifest, type Template } from '../schemas/template.ts'
import { allowIn, allowOut, INTERNET, podsOfNamespace } from './parts/network-policy.ts'
import { type Scope, scopeOf } from './parts/object.ts'
import { podsOf } from './parts/pod.ts'

const NAME = 'network-policies'

export const networkPolicies: Template<NetworkPoliciesParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Network policies',
  description: 'Named rules of which pods may reach which others, or addresses outside.',
  kind: NAME,
  parameters: NetworkPoliciesParameters,
  examples: [
    {
      title: 'A portal, its database, its metrics and a payment service',
      name: 'portal-paths',
      parameters: {
        rules: [
          {
            name: 'database',
            from: { resource: 'portal' },
            to: { pods: { 'cnpg.io/cluster': 'portal-db' } },
            ports: [{ port: 5432 }],
          },
          {
            name: 'metrics',
            from: { namespace: 'monitoring' },
            to: { resource: 'portal' },
            ports: [{ port: 9898 }],
          },
          {
            name: 'bank',
            from: { resource: 'portal' },
            to: { cidr: '198.51.100.0/24' },
            ports: [{ port: 443 }],
          },
          {
            name: 'web',
            from: { resource: 'portal' },
            to: { internet: true },
            ports: [{ port: 443 }],
          },
        ],
      },
    },
  ],
  renders: ['NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name: input.name,
        objects: input.parameters.rules.flatMap((rule) => bothEnds(scope, rule)),
      },
    ]
  },
}

const bothEnds = (scope: Scope, { name, from, to, ports }: PolicyRule): Manifest[] => [
  ...(isOwn(from)
    ? [allowOut(scope, { name: `${name}-out`, pods: labelsOf(from), peers: [peer(to)], ports })]
    : []),
  ...(isOwn(to)
    ? [allowIn(scope, { name: `${name}-in`, pods: labelsOf(to), peers: [peer(from)], ports })]
    : []),
]

const labelsOf = (peer: PolicyPeer): Record<string, string> => {
  if ('pods' in peer) return peer.pods
  return 'resource' in peer ? podsOf(peer.resource) : {}
}

const peer = (of: PolicyPeer): INetworkPolicyPeer => {
  if ('namespace' in of) return podsOfNamespace(of.namespace)
  if ('cidr' in of) return { ipBlock: { cidr: of.cidr } }
  if ('internet' in of) return INTERNET
  const matchLabels = labelsOf(of)
  return { podSelector: Object.keys(matchLabels).length === 0 ? {} : { matchLabels } }
}
