// Template certificate: a TLS certificate that cert-manager gets and renews, with an issuer of the tenant's own.
import { CertificateParameters } from '../schemas/parameters/certificate.ts'
import { type Demand, EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { certificate as certificateObject, issuer } from './parts/certificate.ts'
import { ANY_POD, allowIn } from './parts/network-policy.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods, podDemand } from './parts/pod-demand.ts'

const NAME = 'certificate'
/** cert-manager's own pods that answer a challenge: their label and port. */
const SOLVER = {
  pods: { 'acme.cert-manager.io/http01-solver': 'true' },
  port: 8089,
  /** What cert-manager gives each (its documentation, "controller", --acme-http01-solver-resource-limits-*). */
  limits: { cpu: '100m', memory: '64Mi' },
}

const isProvedOverHttp = ({ issuer: of }: CertificateParameters): boolean =>
  of.type === 'acme' && of.challenge.method === 'http01'

/** All names may be proved at once, whenever the certificate is renewed. */
const solvers = (name: string, parameters: CertificateParameters): Demand =>
  isProvedOverHttp(parameters)
    ? demandOfPods([
        podDemand(`${name}-solver`, {
          count: parameters.dnsNames.length,
          containers: [SOLVER.limits],
        }),
      ])
    : EMPTY_DEMAND

export const certificate: Template<CertificateParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Certificate',
  description: 'A TLS certificate from Let’s Encrypt or an authority of the tenant, renewed.',
  kind: NAME,
  parameters: CertificateParameters,
  examples: [
    {
      title: 'A wildcard from Let’s Encrypt, proved in a Cloudflare zone',
      name: 'portal-cert',
      parameters: {
        issuer: {
          type: 'acme',
          email: 'operations@example.org',
          challenge: {
            method: 'dns01-cloudflare',
            apiToken: { name: 'cloudflare-dns', key: 'api-token' },
          },
        },
        dnsNames: ['example.org', '*.example.org'],
      },
    },
    {
      title: 'One name, proved over HTTP',
      name: 'shop-cert',
      parameters: {
        issuer: {
          type: 'acme',
          email: 'operations@example.org',
          challenge: { method: 'http01', ingressClass: 'nginx' },
        },
        dnsNames: ['shop.example.org'],
      },
    },
    {
      title: 'From an authority of one’s own',
      name: 'inner-cert',
      parameters: {
        issuer: { type: 'ca', secret: 'inner-ca' },
        dnsNames: ['ledger.dbis.internal'],
        durationDays: 30,
        renewBeforeDays: 10,
      },
    },
  ],
  renders: ['Issuer', 'Certificate', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: solvers,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name,
        objects: [
          issuer(scope, parameters.issuer),
          certificateObject(scope, parameters),
          ...(isProvedOverHttp(parameters)
            ? [
                allowIn(scope, {
                  name: 'http01',
                  pods: SOLVER.pods,
                  peers: [ANY_POD],
                  ports: [{ protocol: 'TCP', port: SOLVER.port }],
                }),
              ]
            : []),
        ],
      },
    ]
  },
}
