// The one table of Helm charts that templates install: where each comes from, in which version, and where that was read.
// What we set of a chart's values has a schema in schemas/charts/<chart>.ts.

export interface Chart {
  /** `https://…` is a classic repository, `oci://…` a registry whose last segment is the chart. */
  repository: string
  chart: string
  version: string
  /** Namespace it is installed into; absent: the tenant's own. */
  namespace?: string
  /** Where repository and version were read. */
  source: string
}

export const charts = {
  alloy: {
    repository: 'https://grafana.github.io/helm-charts',
    chart: 'alloy',
    version: '1.11.1',
    namespace: 'monitoring',
    source: 'https://github.com/grafana/alloy/blob/main/operations/helm/charts/alloy/CHANGELOG.md',
  },
  'argo-cd': {
    repository: 'https://argoproj.github.io/argo-helm',
    chart: 'argo-cd',
    version: '10.1.1',
    namespace: 'argocd',
    source: 'https://github.com/argoproj/argo-helm/tree/argo-cd-10.1.1/charts/argo-cd',
  },
  'argo-rollouts': {
    repository: 'https://argoproj.github.io/argo-helm',
    chart: 'argo-rollouts',
    version: '2.41.0',
    namespace: 'argo-rollouts',
    source: 'https://github.com/argoproj/argo-helm/tree/argo-rollouts-2.41.0/charts/argo-rollouts',
  },
  'argocd-apps': {
    repository: 'https://argoproj.github.io/argo-helm',
    chart: 'argocd-apps',
    version: '2.0.5',
    namespace: 'argocd',
    source: 'https://github.com/argoproj/argo-helm/tree/argocd-apps-2.0.5/charts/argocd-apps',
  },
  'azure-service-operator': {
    repository: 'https://raw.githubusercontent.com/Azure/azure-service-operator/main/v2/charts',
    chart: 'azure-service-operator',
    version: 'v2.20.0',
    namespace: 'azureserviceoperator-system',
    source: 'https://azure.github.io/azure-service-operator/getting-started',
  },
  'cert-manager': {
    repository: 'oci://quay.io/jetstack/charts',
    chart: 'cert-manager',
    version: 'v1.20.2',
    namespace: 'cert-manager',
    source: 'https://cert-manager.io/docs/installation/helm/',
  },
  'cloudnative-pg': {
    repository: 'https://cloudnative-pg.github.io/charts',
    chart: 'cloudnative-pg',
    version: '0.28.3',
    namespace: 'cnpg-system',
    source:
      'https://github.com/cloudnative-pg/charts/tree/cloudnative-pg-v0.28.3/charts/cloudnative-pg',
  },
  crossplane: {
    repository: 'https://charts.crossplane.io/stable',
    chart: 'crossplane',
    version: '2.3.4',
    namespace: 'crossplane-system',
    source: 'https://github.com/crossplane/crossplane/tree/v2.3.4/cluster/charts/crossplane',
  },
  'csi-driver-nfs': {
    repository: 'https://kubernetes-csi.github.io/csi-driver-nfs',
    chart: 'csi-driver-nfs',
    version: '4.13.4',
    namespace: 'kube-system',
    source: 'https://github.com/kubernetes-csi/csi-driver-nfs/blob/master/charts/README.md',
  },
  'external-dns': {
    repository: 'https://kubernetes-sigs.github.io/external-dns/',
    chart: 'external-dns',
    version: '1.21.1',
    source:
      'https://github.com/kubernetes-sigs/external-dns/tree/external-dns-helm-chart-1.21.1/charts/external-dns',
  },
  'external-secrets': {
    repository: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    version: '2.9.0',
    namespace: 'external-secrets',
    source:
      'https://github.com/external-secrets/external-secrets/tree/helm-chart-2.9.0/deploy/charts/external-secrets',
  },
  gitea: {
    repository: 'oci://docker.gitea.com/charts',
    chart: 'gitea',
    version: '12.7.0',
    source: 'https://github.com/linode/apl-core/blob/main/charts/gitea/Chart.yaml',
  },
  kafka: {
    repository: 'oci://registry-1.docker.io/cloudpirates',
    chart: 'kafka',
    version: '0.1.4',
    source: 'https://github.com/CloudPirates-io/helm-charts/tree/kafka-0.1.4/charts/kafka',
  },
  'kube-prometheus-stack': {
    repository: 'oci://ghcr.io/prometheus-community/charts',
    chart: 'kube-prometheus-stack',
    version: '88.5.3',
    namespace: 'monitoring',
    source:
      'https://github.com/prometheus-community/helm-charts/tree/cf408a290/charts/kube-prometheus-stack',
  },
  // The community's chart: Grafana's own of the same name is for its paid product by now.
  loki: {
    repository: 'oci://ghcr.io/grafana-community/helm-charts',
    chart: 'loki',
    version: '18.11.0',
    namespace: 'monitoring',
    source: 'https://github.com/grafana-community/helm-charts/tree/3386a115/charts/loki',
  },
  openbao: {
    repository: 'oci://ghcr.io/openbao/charts',
    chart: 'openbao',
    version: '0.29.2',
    source: 'https://github.com/openbao/openbao-helm/tree/openbao-0.29.2/charts/openbao',
  },
  // In the tenant's own namespace: its data is the tenant's.
  opensearch: {
    repository: 'https://opensearch-project.github.io/helm-charts',
    chart: 'opensearch',
    version: '3.6.0',
    source: 'https://github.com/opensearch-project/helm-charts/tree/3c0157e/charts/opensearch',
  },
  'opensearch-dashboards': {
    repository: 'https://opensearch-project.github.io/helm-charts',
    chart: 'opensearch-dashboards',
    version: '3.6.0',
    source:
      'https://github.com/opensearch-project/helm-charts/tree/3c0157e/charts/opensearch-dashboards',
  },
  'opentelemetry-operator': {
    repository: 'https://open-telemetry.github.io/opentelemetry-helm-charts',
    chart: 'opentelemetry-operator',
    version: '0.122.0',
    namespace: 'opentelemetry-operator-system',
    source:
      'https://github.com/open-telemetry/opentelemetry-helm-charts/tree/dd5665c06/charts/opentelemetry-operator',
  },
  'plugin-barman-cloud': {
    repository: 'https://cloudnative-pg.github.io/charts',
    chart: 'plugin-barman-cloud',
    version: '0.7.0',
    namespace: 'cnpg-system',
    source:
      'https://github.com/cloudnative-pg/charts/tree/plugin-barman-cloud-v0.7.0/charts/plugin-barman-cloud',
  },
  'redis-operator': {
    repository: 'https://ot-container-kit.github.io/helm-charts',
    chart: 'redis-operator',
    version: '0.26.1',
    namespace: 'redis-operator',
    source:
      'https://github.com/OT-CONTAINER-KIT/redis-operator/tree/5dd04e17/charts/redis-operator',
  },
  'rook-ceph': {
    repository: 'https://charts.rook.io/release',
    chart: 'rook-ceph',
    version: 'v1.20.6',
    namespace: 'rook-ceph',
    source: 'https://github.com/rook/rook/tree/v1.20.6/deploy/charts/rook-ceph',
  },
  'rook-ceph-cluster': {
    repository: 'https://charts.rook.io/release',
    chart: 'rook-ceph-cluster',
    version: 'v1.20.6',
    namespace: 'rook-ceph',
    source: 'https://github.com/rook/rook/tree/v1.20.6/deploy/charts/rook-ceph-cluster',
  },
  traefik: {
    repository: 'oci://ghcr.io/traefik/helm',
    chart: 'traefik',
    version: '41.3.0',
    namespace: 'traefik',
    source: 'https://github.com/traefik/traefik-helm-chart/tree/v41.3.0/traefik',
  },
  velero: {
    repository: 'https://vmware-tanzu.github.io/helm-charts',
    chart: 'velero',
    version: '11.4.0',
    namespace: 'velero',
    source: 'https://github.com/vmware-tanzu/helm-charts/tree/velero-11.4.0/charts/velero',
  },
} as const satisfies Record<string, Chart>

export type ChartName = keyof typeof charts
