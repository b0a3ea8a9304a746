// What we emit of an application gateway, exactly: a firewall before it, no certificate inside it, no TLS below 1.2,
// and on plain HTTP nothing but the way to HTTPS.
import * as z from 'zod'
import { inGroup, MapKey } from './azure.ts'
import { objectReference, subnetReference } from './azure-reference.ts'
import { ObjectName } from './words.ts'

const NETWORK = 'network.azure.com'
const Zones = z.tuple([z.literal('1'), z.literal('2'), z.literal('3')])
const Host = z.string().regex(/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/)
const Hosts = z.array(Host).min(1).max(5)

/** A part of the gateway itself, by full id. */
const part = (path: string) =>
  z.strictObject({
    reference: z.strictObject({
      armId: z
        .string()
        .regex(
          new RegExp(
            `^/subscriptions/[0-9a-f-]{36}/resourceGroups/[a-z0-9-]{1,90}/providers/Microsoft\\.Network/applicationGateways/[a-z0-9-]{1,80}/${path}$`,
          ),
        ),
    }),
  })
const protocol = z.enum(['Https', 'Http'])
const PUBLIC = part('frontendIPConfigurations/public')

const HttpsListener = z.strictObject({
  name: z.literal('https'),
  protocol: z.literal('Https'),
  hostNames: Hosts,
  frontendIPConfiguration: PUBLIC,
  frontendPort: part('frontendPorts/https'),
  sslCertificate: part('sslCertificates/certificate'),
  requireServerNameIndication: z.literal(true),
})
const HttpListener = z.strictObject({
  name: z.literal('http'),
  protocol: z.literal('Http'),
  hostNames: Hosts,
  frontendIPConfiguration: PUBLIC,
  frontendPort: part('frontendPorts/http'),
})
const HttpsRule = z.strictObject({
  name: z.literal('https'),
  ruleType: z.literal('Basic'),
  priority: z.literal(100),
  httpListener: part('httpListeners/https'),
  backendAddressPool: part('backendAddressPools/backend'),
  backendHttpSettings: part('backendHttpSettingsCollection/backend'),
})
const HttpRule = z.strictObject({
  name: z.literal('http'),
  ruleType: z.literal('Basic'),
  priority: z.literal(200),
  httpListener: part('httpListeners/http'),
  redirectConfiguration: part('redirectConfigurations/to-https'),
})

const BackendSettings = z.strictObject({
  name: z.literal('backend'),
  port: z.int().min(1).max(65_535),
  protocol,
  requestTimeout: z.int().min(1).max(3600),
  cookieBasedAffinity: z.literal('Disabled'),
  connectionDraining: z.strictObject({ enabled: z.literal(true), drainTimeoutInSec: z.int() }),
  hostName: Host.optional(),
  probe: part('probes/backend'),
})
const Probe = z.strictObject({
  name: z.literal('backend'),
  protocol,
  host: Host,
  path: z.string().startsWith('/'),
  interval: z.int(),
  timeout: z.int(),
  unhealthyThreshold: z.int(),
  match: z.strictObject({ statusCodes: z.array(z.string()) }),
})

const ApplicationGateway = z.strictObject({
  ...inGroup,
  sku: z.strictObject({ name: z.literal('WAF_v2'), tier: z.literal('WAF_v2') }),
  zones: Zones,
  autoscaleConfiguration: z.strictObject({
    minCapacity: z.int().min(1),
    maxCapacity: z.int().max(125),
  }),
  enableHttp2: z.literal(true),
  identity: z.strictObject({
    type: z.literal('UserAssigned'),
    userAssignedIdentities: z
      .array(
        z.strictObject({
          reference: objectReference('managedidentity.azure.com', 'UserAssignedIdentity'),
        }),
      )
      .length(1),
  }),
  firewallPolicy: z.strictObject({
    reference: objectReference(NETWORK, 'WebApplicationFirewallPolicy'),
  }),
  gatewayIPConfigurations: z
    .array(z.strictObject({ name: z.literal('subnet'), subnet: subnetReference }))
    .length(1),
  frontendIPConfigurations: z
    .array(
      z.strictObject({
        name: z.literal('public'),
        publicIPAddress: z.strictObject({ reference: objectReference(NETWORK, 'PublicIPAddress') }),
      }),
    )
    .length(1),
  frontendPorts: z.tuple([
    z.strictObject({ name: z.literal('http'), port: z.literal(80) }),
    z.strictObject({ name: z.literal('https'), port: z.literal(443) }),
  ]),
  sslCertificates: z
    .array(
      z.strictObject({
        name: z.literal('certificate'),
        keyVaultSecretId: z
          .string()
          .regex(/^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/secrets\/[A-Za-z0-9-]+$/),
      }),
    )
    .length(1),
  sslPolicy: z.strictObject({
    policyType: z.literal('Predefined'),
    policyName: z.literal('AppGwSslPolicy20220101S'),
  }),
  backendAddressPools: z
    .array(
      z.strictObject({
        name: z.literal('backend'),
        backendAddresses: z
          .array(z.union([z.strictObject({ fqdn: Host }), z.strictObject({ ipAddress: z.ipv4() })]))
          .min(1),
      }),
    )
    .length(1),
  backendHttpSettingsCollection: z.array(BackendSettings).length(1),
  probes: z.array(Probe).length(1),
  httpListeners: z.tuple([HttpsListener, HttpListener]),
  redirectConfigurations: z
    .array(
      z.strictObject({
        name: z.literal('to-https'),
        redirectType: z.literal('Permanent'),
        includePath: z.literal(true),
        includeQueryString: z.literal(true),
        targetListener: part('httpListeners/https'),
      }),
    )
    .length(1),
  requestRoutingRules: z.tuple([HttpsRule, HttpRule]),
})

const OwaspRules = z.strictObject({
  ruleSetType: z.literal('OWASP'),
  ruleSetVersion: z.literal('3.2'),
})

export const azureGatewayShapes = {
  ApplicationGateway: { spec: ApplicationGateway },
  WebApplicationFirewallPolicy: {
    spec: z.strictObject({
      ...inGroup,
      policySettings: z.strictObject({
        state: z.literal('Enabled'),
        mode: z.enum(['Prevention', 'Detection']),
        requestBodyCheck: z.literal(true),
        maxRequestBodySizeInKb: z.int().min(8).max(2000),
        fileUploadLimitInMb: z.int().min(1).max(4000),
      }),
      managedRules: z.strictObject({ managedRuleSets: z.array(OwaspRules).length(1) }),
    }),
  },
  PublicIPAddress: {
    spec: z.strictObject({
      ...inGroup,
      sku: z.strictObject({ name: z.literal('Standard'), tier: z.literal('Regional') }),
      publicIPAddressVersion: z.literal('IPv4'),
      publicIPAllocationMethod: z.literal('Static'),
      zones: Zones,
      operatorSpec: z.strictObject({
        configMapExpressions: z
          .array(
            z.strictObject({
              name: ObjectName,
              key: z.literal('ip'),
              value: z.literal('self.status.ipAddress'),
            }),
          )
          .length(1),
      }),
    }),
  },
  UserAssignedIdentity: {
    spec: z.strictObject({
      ...inGroup,
      operatorSpec: z.strictObject({
        configMaps: z.strictObject({ principalId: MapKey, clientId: MapKey }),
      }),
    }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
