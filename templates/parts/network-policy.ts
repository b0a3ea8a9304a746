// The fence of a namespace: nothing in, nothing out, but name resolution.
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

export const defaultDeny = (scope: Scope): Manifest => {
  const spec: INetworkPolicy['spec'] = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }
  return object('NetworkPolicy', 'default-deny', scope, { spec })
}

export const allowDns = (scope: Scope): Manifest => {
  const spec: INetworkPolicy['spec'] = {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  }
  return object('NetworkPolicy', 'allow-dns', scope, { spec })
}
