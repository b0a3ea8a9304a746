// The fence of a namespace (nothing in, nothing out, but name resolution), and the gates that resources open in it.
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

/** Names that only tenant-base may use: another object under one of them would replace the fence. */
export const FENCE_POLICIES: readonly string[] = ['default-deny', 'allow-dns']

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

/** Every pod of the namespace the policy is in. */
export const OWN_PODS: INetworkPolicyPeer = { podSelector: {} }

/** Every pod of the cluster, and nothing outside it. */
export const ANY_POD: INetworkPolicyPeer = { namespaceSelector: {} }

/** Kubernetes gives every namespace this label, and nobody else can set it. */
export const podsOfNamespace = (name: string): INetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
})

/** The Internet without what is nobody's own there (RFC 6890): private, shared, loopback and link-local ranges. */
export const INTERNET: INetworkPolicyPeer = {
  ipBlock: {
    cidr: '0.0.0.0/0',
    except: [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ],
  },
}

interface Gate {
  /** Unique within the resource. */
  name: string
  /** Labels of the pods it is about; none: every pod of the namespace. */
  pods: Record<string, string>
  peers: INetworkPolicyPeer[]
  /** None: every port. */
  ports: { protocol: 'TCP' | 'UDP'; port: number }[]
}

/** `-allow-` keeps these names apart from those of the fence. */
const gateName = ({ resource }: Scope, { name }: Gate): string => `${resource}-allow-${name}`
const selectorOf = ({ pods }: Gate) => (Object.keys(pods).length === 0 ? {} : { matchLabels: pods })
const portsOf = ({ ports }: Gate) => (ports.length === 0 ? {} : { ports })

export const allowIn = (scope: Scope, gate: Gate): Manifest => {
  const spec: INetworkPolicy['spec'] = {
    podSelector: selectorOf(gate),
    policyTypes: ['Ingress'],
    ingress: [{ from: gate.peers, ...portsOf(gate) }],
  }
  return object('NetworkPolicy', gateName(scope, gate), scope, { spec })
}

export const allowOut = (scope: Scope, gate: Gate): Manifest => {
  const spec: INetworkPolicy['spec'] = {
    podSelector: selectorOf(gate),
    policyTypes: ['Egress'],
    egress: [{ to: gate.peers, ...portsOf(gate) }],
  }
  return object('NetworkPolicy', gateName(scope, gate), scope, { spec })
}
