// A way in from outside: the rule a controller follows, and the gate through which it reaches the pods behind it.
// Source: Kubernetes documentation, "Ingress".
import type { IngressSpec } from '../../schemas/manifests/ingress.ts'
import type { IngressParameters } from '../../schemas/parameters/ingress.ts'
import type { Manifest } from '../../schemas/template.ts'
import { allowIn, podsOfNamespace } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { podsOf } from './pod.ts'

export const ingressRule = (
  scope: Scope,
  { ingressClass, hosts, tlsSecret, paths }: IngressParameters,
): Manifest => {
  const spec: IngressSpec = {
    ingressClassName: ingressClass,
    tls: [{ hosts, secretName: tlsSecret }],
    rules: hosts.map((host) => ({
      host,
      http: {
        paths: paths.map(({ path, pathType, service, port }) => ({
          path,
          pathType,
          backend: { service: { name: service, port: { number: port } } },
        })),
      },
    })),
  }
  return object('Ingress', scope.resource, scope, { spec })
}

/** One gate for each resource that is led to, in the order of the paths. */
export const ingressGates = (
  scope: Scope,
  { controllerNamespace, paths }: IngressParameters,
): Manifest[] => {
  const portsOf = new Map<string, Set<number>>()
  for (const { service, resource = service, port, podPort = port } of paths) {
    portsOf.set(resource, (portsOf.get(resource) ?? new Set()).add(podPort))
  }
  return [...portsOf].map(([resource, ports], index) =>
    allowIn(scope, {
      // By number: the name of the resource would not fit behind this one's.
      name: `ingress-${index + 1}`,
      pods: podsOf(resource),
      peers: [podsOfNamespace(controllerNamespace)],
      ports: [...ports].map((port) => ({ protocol: 'TCP', port })),
    }),
  )
}
