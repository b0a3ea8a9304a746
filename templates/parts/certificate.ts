// cert-manager's objects: who issues, and what is issued. The private keys are made in the cluster and stay there.
// Source: cert-manager documentation v1, "ACME", "CA", "Certificate resource".
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate'
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer'
import type { AcmeIssuer, CertificateParameters } from '../../schemas/parameters/certificate.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

type Solver = NonNullable<NonNullable<IIssuer['spec']['acme']>['solvers']>[number]

const DIRECTORIES: Record<AcmeIssuer['directory'], string> = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
}

export const issuer = (scope: Scope, of: CertificateParameters['issuer']): Manifest => {
  const spec: IIssuer['spec'] =
    of.type === 'ca'
      ? { ca: { secretName: of.secret } }
      : {
          acme: {
            server: DIRECTORIES[of.directory],
            email: of.email,
            privateKeySecretRef: { name: `${scope.resource}-account-key` },
            solvers: [solver(of.challenge)],
          },
        }
  return object('Issuer', scope.resource, scope, { spec })
}

const solver = (challenge: AcmeIssuer['challenge']): Solver => {
  switch (challenge.method) {
    case 'http01': {
      const { ingressClass } = challenge
      // A tenant's quota has no node ports, which is what the solver would take by itself.
      return {
        http01: { ingress: { ingressClassName: ingressClass, serviceType: 'ClusterIP' } },
      }
    }
    case 'dns01-cloudflare':
      return { dns01: { cloudflare: { apiTokenSecretRef: challenge.apiToken } } }
    case 'dns01-azure':
      return {
        dns01: {
          azureDNS: {
            subscriptionID: challenge.subscriptionId,
            resourceGroupName: challenge.resourceGroup,
            hostedZoneName: challenge.zone,
            environment: 'AzurePublicCloud',
            managedIdentity: { clientID: challenge.managedIdentityClientId },
          },
        },
      }
  }
}

/** The Secret `<resource>-tls` gets tls.crt and tls.key, and a new key with every renewal. */
export const certificate = (
  scope: Scope,
  { dnsNames, durationDays, renewBeforeDays }: CertificateParameters,
): Manifest => {
  const spec: ICertificate['spec'] = {
    secretName: `${scope.resource}-tls`,
    dnsNames,
    duration: hours(durationDays),
    renewBefore: hours(renewBeforeDays),
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['digital signature', 'server auth'],
    issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: scope.resource },
  }
  return object('Certificate', scope.resource, scope, { spec })
}

const hours = (days: number): string => `${days * 24}h`
