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
  'cert-manager': {
    repository: 'oci://quay.io/jetstack/charts',
    chart: 'cert-manager',
    version: 'v1.20.2',
    namespace: 'cert-manager',
    source: 'https://cert-manager.io/docs/installation/helm/',
  },
} as const satisfies Record<string, Chart>

export type ChartName = keyof typeof charts
