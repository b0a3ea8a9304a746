// kube-vip for a K3s control plane: the machine that leads answers for the API server's address (ARP).
// K3s applies it from its own directory of manifests. It serves no Service and reads no Secret.

/** The release that cluster-api-k3s pins in its own sample for Proxmox (samples/proxmox). */
const IMAGE = 'ghcr.io/kube-vip/kube-vip:v0.8.7'
const NAME = 'kube-vip'
const NAMESPACE = 'kube-system'
const labels = { 'app.kubernetes.io/name': NAME }
const READ = ['get', 'list', 'watch']

const roles = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: NAME },
    rules: [
      { apiGroups: [''], resources: ['nodes', 'services', 'endpoints'], verbs: READ },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: [...READ, 'create', 'update'],
      },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: NAME },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  },
]

/** Seconds; the ones that kube-vip's documentation uses. */
const ELECTION = { vip_leaseduration: '5', vip_renewdeadline: '3', vip_retryperiod: '1' }

const daemonSet = (address: string, port: number) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: NAME, namespace: NAMESPACE, labels },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: NAME,
        hostNetwork: true,
        priorityClassName: 'system-node-critical',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': 'true' },
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: NAME,
            image: IMAGE,
            args: ['manager'],
            env: [
              ...Object.entries({
                address,
                port: String(port),
                vip_arp: 'true',
                cp_enable: 'true',
                cp_namespace: NAMESPACE,
                svc_enable: 'false',
                vip_leaderelection: 'true',
                vip_leasename: 'plndr-cp-lock',
                ...ELECTION,
              }).map(([name, value]) => ({ name, value })),
              { name: 'vip_nodename', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            ],
            resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
            },
          },
        ],
      },
    },
  },
})

/** A file of YAML documents. JSON is YAML, and its indented form holds nothing that Jinja would take for its own. */
export const kubeVip = (address: string, port: number): string =>
  [...roles, daemonSet(address, port)]
    .map((document) => `---\n${JSON.stringify(document, null, 2)}\n`)
    .join('')
