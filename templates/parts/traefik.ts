// Values of Traefik's chart. Its pods are without root and read-only by the chart's defaults.
// Source: github.com/traefik/traefik-helm-chart, values.yaml of v41.3.0.
import type { TraefikValues } from '../../schemas/charts/traefik.ts'
import type { IngressControllerParameters } from '../../schemas/parameters/ingress-controller.ts'

/** ACME's authorities follow it, and take any certificate behind it: challenges over HTTP still succeed. */
const TO_HTTPS = {
  redirections: {
    entryPoint: { to: 'websecure', scheme: 'https', permanent: true },
  },
} as const

const SPREAD: TraefikValues['topologySpreadConstraints'] = [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
  },
]

/** Source: learn.microsoft.com/azure/aks/internal-lb. */
const insideAzure = ({ address }: IngressControllerParameters) => ({
  'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' as const,
  ...(address === undefined
    ? {}
    : { 'service.beta.kubernetes.io/azure-load-balancer-ipv4': address }),
})

export const traefik = (parameters: IngressControllerParameters): TraefikValues => {
  const { replicas, resources, ingressClass, isDefault, exposure } = parameters
  const { trustedProxies, tlsVersion, accessLog } = parameters
  const forwardedHeaders = { trustedIPs: trustedProxies }
  return {
    deployment: { replicas },
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    topologySpreadConstraints: SPREAD,
    resources,
    ingressClass: { enabled: true, isDefaultClass: isDefault, name: ingressClass },
    providers: {
      kubernetesCRD: { allowCrossNamespace: false, allowExternalNameServices: false },
      kubernetesIngress: { ingressClass, allowExternalNameServices: false },
    },
    api: { dashboard: false, insecure: false },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { format: 'json', level: 'INFO' },
    accessLog: { enabled: accessLog, format: 'json' },
    ports: {
      web: { forwardedHeaders, http: TO_HTTPS },
      websecure: { forwardedHeaders },
    },
    tlsOptions: {
      default: { minVersion: tlsVersion === '1.3' ? 'VersionTLS13' : 'VersionTLS12' },
    },
    service: {
      ...(exposure === 'azure-internal' ? { annotations: insideAzure(parameters) } : {}),
      spec:
        exposure === 'cluster'
          ? { type: 'ClusterIP' }
          : // Otherwise every request would seem to come from a node.
            { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
    },
  }
}
