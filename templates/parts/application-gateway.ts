// An application gateway in Azure with its public address and its identity. HTTPS with TLS 1.2 or later; plain HTTP is
// only sent on to it. Parts of a gateway name each other by full ARM id, since none is an object of its own.
import type { ApplicationGatewayParameters } from '../../schemas/parameters/application-gateway.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, inOwnGroup, resourceGroupName } from './azure.ts'
import { objectReference, subnetReference } from './azure-reference.ts'
import type { Scope } from './object.ts'

const ZONES = ['1', '2', '3']
const gatewayName = ({ resource }: Scope): string => `${resource}-agw`

/** Collections of a gateway, each here with the names of its parts. */
type Part =
  | 'frontendIPConfigurations/public'
  | `frontendPorts/${'http' | 'https'}`
  | 'sslCertificates/certificate'
  | 'backendAddressPools/backend'
  | 'backendHttpSettingsCollection/backend'
  | 'probes/backend'
  | `httpListeners/${'http' | 'https'}`
  | 'redirectConfigurations/to-https'

const partsOf =
  (scope: Scope, { subscriptionId }: ApplicationGatewayParameters) =>
  (part: Part) => ({
    reference: {
      armId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName(scope)}/providers/Microsoft.Network/applicationGateways/${gatewayName(scope)}/${part}`,
    },
  })
type PartReference = ReturnType<typeof partsOf>

export const publicAddress = (scope: Scope, { location }: ApplicationGatewayParameters): Manifest =>
  azureObject('PublicIPAddress', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-ip`, location }),
    sku: { name: 'Standard', tier: 'Regional' },
    publicIPAddressVersion: 'IPv4',
    publicIPAllocationMethod: 'Static',
    zones: ZONES,
    operatorSpec: {
      configMapExpressions: [
        { name: `${scope.resource}-address`, key: 'ip', value: 'self.status.ipAddress' },
      ],
    },
  })

/** Whoever looks after the vault gives it a role there; its ids are left in a ConfigMap for that. */
export const gatewayIdentity = (
  scope: Scope,
  { location }: ApplicationGatewayParameters,
): Manifest =>
  azureObject('UserAssignedIdentity', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-id`, location }),
    operatorSpec: {
      configMaps: {
        principalId: { name: `${scope.resource}-identity`, key: 'principal-id' },
        clientId: { name: `${scope.resource}-identity`, key: 'client-id' },
      },
    },
  })

const frontend = (scope: Scope, { subnet, certificate }: ApplicationGatewayParameters) => ({
  gatewayIPConfigurations: [{ name: 'subnet', subnet: { reference: subnetReference(subnet) } }],
  frontendIPConfigurations: [
    {
      name: 'public',
      publicIPAddress: { reference: objectReference('PublicIPAddress', scope.resource) },
    },
  ],
  frontendPorts: [
    { name: 'http', port: 80 },
    { name: 'https', port: 443 },
  ],
  sslCertificates: [{ name: 'certificate', keyVaultSecretId: certificate }],
  // Predefined by Azure: TLS 1.2 and 1.3, with forward secrecy.
  sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101S' },
})

const backend = (part: PartReference, { hostNames, backend }: ApplicationGatewayParameters) => {
  const { addresses, protocol, port, hostName, requestTimeoutSeconds, probe } = backend
  return {
    backendAddressPools: [
      {
        name: 'backend',
        backendAddresses: addresses.map((one) =>
          'fqdn' in one ? { fqdn: one.fqdn } : { ipAddress: one.ip },
        ),
      },
    ],
    backendHttpSettingsCollection: [
      {
        name: 'backend',
        ...{ port, protocol, requestTimeout: requestTimeoutSeconds },
        cookieBasedAffinity: 'Disabled',
        connectionDraining: { enabled: true, drainTimeoutInSec: 60 },
        ...(hostName === undefined ? {} : { hostName }),
        probe: part('probes/backend'),
      },
    ],
    probes: [
      {
        name: 'backend',
        ...{ protocol, host: hostName ?? hostNames[0], path: probe.path },
        interval: probe.intervalSeconds,
        timeout: probe.timeoutSeconds,
        unhealthyThreshold: probe.unhealthyAfter,
        match: { statusCodes: ['200-399'] },
      },
    ],
  }
}

const routes = (part: PartReference, { hostNames }: ApplicationGatewayParameters) => ({
  httpListeners: [
    {
      ...{ name: 'https', protocol: 'Https', hostNames },
      frontendIPConfiguration: part('frontendIPConfigurations/public'),
      frontendPort: part('frontendPorts/https'),
      sslCertificate: part('sslCertificates/certificate'),
      requireServerNameIndication: true,
    },
    {
      ...{ name: 'http', protocol: 'Http', hostNames },
      frontendIPConfiguration: part('frontendIPConfigurations/public'),
      frontendPort: part('frontendPorts/http'),
    },
  ],
  redirectConfigurations: [
    {
      ...{
        name: 'to-https',
        redirectType: 'Permanent',
        includePath: true,
        includeQueryString: true,
      },
      targetListener: part('httpListeners/https'),
    },
  ],
  requestRoutingRules: [
    {
      ...{ name: 'https', ruleType: 'Basic', priority: 100 },
      httpListener: part('httpListeners/https'),
      backendAddressPool: part('backendAddressPools/backend'),
      backendHttpSettings: part('backendHttpSettingsCollection/backend'),
    },
    {
      ...{ name: 'http', ruleType: 'Basic', priority: 200 },
      httpListener: part('httpListeners/http'),
      redirectConfiguration: part('redirectConfigurations/to-https'),
    },
  ],
})

export const applicationGateway = (
  scope: Scope,
  parameters: ApplicationGatewayParameters,
): Manifest => {
  const { location, instances } = parameters
  const part = partsOf(scope, parameters)
  return azureObject('ApplicationGateway', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: gatewayName(scope), location }),
    sku: { name: 'WAF_v2', tier: 'WAF_v2' },
    zones: ZONES,
    autoscaleConfiguration: { minCapacity: instances.min, maxCapacity: instances.max },
    enableHttp2: true,
    identity: {
      type: 'UserAssigned',
      userAssignedIdentities: [
        { reference: objectReference('UserAssignedIdentity', scope.resource) },
      ],
    },
    firewallPolicy: { reference: objectReference('WebApplicationFirewallPolicy', scope.resource) },
    ...frontend(scope, parameters),
    ...backend(part, parameters),
    ...routes(part, parameters),
  })
}
