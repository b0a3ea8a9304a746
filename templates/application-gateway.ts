// Template application-gateway: HTTPS from the Internet through a web application firewall to backends in a network.
import { ApplicationGatewayParameters } from '../schemas/parameters/application-gateway.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import {
  applicationGateway as gateway,
  gatewayIdentity,
  publicAddress,
} from './parts/application-gateway.ts'
import { resourceGroup } from './parts/azure.ts'
import { finding } from './parts/findings.ts'
import { scopeOf } from './parts/object.ts'
import { webFirewallPolicy } from './parts/web-firewall.ts'

const NAME = 'application-gateway'

export const applicationGateway: Template<ApplicationGatewayParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Application gateway in Azure',
  description:
    'A public way in over three zones: web application firewall, HTTPS with a certificate from a Key Vault, backends under watch.',
  kind: NAME,
  parameters: ApplicationGatewayParameters,
  examples: [
    {
      title: 'Two portals behind an ingress of the cluster',
      name: 'order-gateway',
      parameters: {
        location: 'westeurope',
        subscriptionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
        subnet: { network: 'order-network', subnet: 'gateway' },
        hostNames: ['portal.example.com', 'admin.example.com'],
        certificate: 'https://the-order-prod-kv.vault.azure.net/secrets/portal-certificate',
        backend: { addresses: [{ ip: '10.20.0.250' }], probe: { path: '/healthz' } },
      },
    },
  ],
  renders: [
    ...['ResourceGroup', 'PublicIPAddress', 'UserAssignedIdentity'],
    ...['WebApplicationFirewallPolicy', 'ApplicationGateway'],
  ],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  rules: ['SINGLE-INSTANCE', 'WAF-DETECTION'],
  findings: ({ parameters: { firewall, instances } }) => [
    ...(firewall.mode === 'Detection'
      ? [
          finding('WAF-DETECTION', 'The firewall lets every attack through that it sees.', {
            pointer: '/parameters/firewall/mode',
          }),
        ]
      : []),
    ...(instances.min === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one instance, the loss of its zone is an outage.', {
            pointer: '/parameters/instances/min',
          }),
        ]
      : []),
  ],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 80,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          publicAddress(scope, parameters),
          gatewayIdentity(scope, parameters),
          webFirewallPolicy(scope, parameters),
          gateway(scope, parameters),
        ],
      },
    ]
  },
}
