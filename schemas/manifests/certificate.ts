// cert-manager's Issuer and Certificate (cert-manager.io/v1), exactly as we emit them.
import * as z from 'zod'
import { DnsName } from '../parameters/dns-name.ts'
import { ObjectName, SecretKey } from './words.ts'

const Hours = z.string().regex(/^[1-9][0-9]{0,4}h$/)

const Solver = z.union([
  z.strictObject({
    http01: z.strictObject({
      ingress: z.strictObject({
        ingressClassName: ObjectName,
        serviceType: z.literal('ClusterIP'),
      }),
    }),
  }),
  z.strictObject({
    dns01: z.strictObject({ cloudflare: z.strictObject({ apiTokenSecretRef: SecretKey }) }),
  }),
  z.strictObject({
    dns01: z.strictObject({
      azureDNS: z.strictObject({
        subscriptionID: z.uuid(),
        resourceGroupName: z.string(),
        hostedZoneName: DnsName,
        environment: z.literal('AzurePublicCloud'),
        managedIdentity: z.strictObject({ clientID: z.uuid() }),
      }),
    }),
  }),
])

const IssuedBy = z.strictObject({
  group: z.literal('cert-manager.io'),
  kind: z.literal('Issuer'),
  name: ObjectName,
})
const Ecdsa = { algorithm: z.literal('ECDSA'), size: z.literal(256) }

/** For clients of all sorts. */
const Server = z.strictObject({
  secretName: ObjectName,
  dnsNames: z.array(DnsName).min(1),
  duration: Hours,
  renewBefore: Hours,
  privateKey: z.strictObject({ ...Ecdsa, rotationPolicy: z.literal('Always') }),
  usages: z.array(z.enum(['digital signature', 'server auth'])),
  issuerRef: IssuedBy,
})
/** An authority of one resource's own. */
const Authority = z.strictObject({
  secretName: ObjectName,
  commonName: ObjectName,
  isCA: z.literal(true),
  duration: Hours,
  renewBefore: Hours,
  privateKey: z.strictObject({ ...Ecdsa, rotationPolicy: z.literal('Never') }),
  usages: z.array(z.enum(['digital signature', 'cert sign', 'crl sign'])),
  issuerRef: IssuedBy,
})
/** For instances that speak to each other. */
const Peer = z.strictObject({
  secretName: ObjectName,
  commonName: ObjectName,
  dnsNames: z.array(DnsName).min(1),
  duration: Hours,
  renewBefore: Hours,
  privateKey: z.strictObject({
    ...Ecdsa,
    encoding: z.literal('PKCS8'),
    rotationPolicy: z.literal('Always'),
  }),
  usages: z.array(z.enum(['digital signature', 'server auth', 'client auth'])),
  issuerRef: IssuedBy,
})

export const certificateShapes = {
  Issuer: {
    spec: z.union([
      z.strictObject({ ca: z.strictObject({ secretName: ObjectName }) }),
      z.strictObject({ selfSigned: z.strictObject({}) }),
      z.strictObject({
        acme: z.strictObject({
          server: z.url({ protocol: /^https$/ }),
          email: z.email(),
          privateKeySecretRef: z.strictObject({ name: ObjectName }),
          solvers: z.array(Solver).length(1),
        }),
      }),
    ]),
  },
  Certificate: {
    spec: z.union([Server, Authority, Peer]),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
