// A chart of the table, installed by Flux's Helm controller. The release works under an account that exists only in
// the namespace of the cluster's owner (gitops/entry-points.ts), so nobody else's release can install anything.
import type { IHelmRelease } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2/HelmRelease'
import type { IHelmRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/HelmRepository'
import type { IOCIRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/OCIRepository'
import type { Manifest } from '../../schemas/template.ts'
import { type Chart, type ChartName, charts } from '../charts.ts'
import { pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'

export const INSTALLER = 'phoenix-installer'
const REMEDIATION = { retries: 3 }

interface Release {
  chart: ChartName
  values: Record<string, unknown>
  /** Names of releases of the same tenant that must be ready first. */
  dependsOn?: string[]
}

/** The source of the chart and its release, both named after the chart: a cluster has each of them once. */
export const helmRelease = (
  scope: Scope,
  { chart, values, dependsOn = [] }: Release,
): Manifest[] => {
  const pinned: Chart = charts[chart]
  const spec: IHelmRelease['spec'] = {
    interval: '30m',
    timeout: '15m',
    releaseName: chart,
    ...(pinned.namespace === undefined ? {} : { targetNamespace: pinned.namespace }),
    storageNamespace: scope.tenant,
    serviceAccountName: INSTALLER,
    ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map((name) => ({ name })) }),
    ...sourceOf(chart, pinned),
    install: {
      createNamespace: pinned.namespace !== undefined,
      crds: 'CreateReplace',
      remediation: REMEDIATION,
    },
    upgrade: { crds: 'CreateReplace', remediation: REMEDIATION },
    driftDetection: { mode: 'enabled' },
    values,
  }
  return [
    source(scope, chart, pinned),
    object('HelmRelease', chart, scope, { spec }, { annotations: pruneGuards(scope) }),
  ]
}

const isOci = ({ repository }: Chart): boolean => repository.startsWith('oci://')

const sourceOf = (name: ChartName, { chart, version, ...rest }: Chart) =>
  isOci({ chart, version, ...rest })
    ? { chartRef: { kind: 'OCIRepository' as const, name } }
    : {
        chart: {
          spec: { chart, version, sourceRef: { kind: 'HelmRepository' as const, name } },
        },
      }

const source = (scope: Scope, name: ChartName, pinned: Chart): Manifest => {
  const { repository, chart, version } = pinned
  if (isOci(pinned)) {
    const spec: IOCIRepository['spec'] = {
      interval: '24h',
      url: `${repository}/${chart}`,
      ref: { tag: version },
      layerSelector: {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        operation: 'copy',
      },
    }
    return object('OCIRepository', name, scope, { spec })
  }
  const spec: IHelmRepository['spec'] = { interval: '24h', url: repository }
  return object('HelmRepository', name, scope, { spec })
}
