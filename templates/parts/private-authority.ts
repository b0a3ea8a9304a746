// A certificate authority of one resource's own, and a certificate of it for instances that speak to each other.
// Nobody else trusts it; its key is made in the cluster and stays there. Source: cert-manager documentation, "SelfSigned".
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

const TEN_YEARS = '87600h'
const QUARTER = '2160h'
const MONTH = '720h'

export const peersSecret = ({ resource }: Scope): string => `${resource}-peers-tls`

const issuedBy = (name: string) => ({ group: 'cert-manager.io', kind: 'Issuer', name })

export const privateAuthority = (scope: Scope): Manifest[] => {
  const root = `${scope.resource}-root`
  const authority = `${scope.resource}-ca`
  return [
    object('Issuer', root, scope, { spec: { selfSigned: {} } }),
    object('Certificate', authority, scope, {
      spec: {
        secretName: authority,
        commonName: authority,
        isCA: true,
        duration: TEN_YEARS,
        renewBefore: MONTH,
        // Another key would be another authority: instances would not know each other any more.
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
        usages: ['digital signature', 'cert sign', 'crl sign'],
        issuerRef: issuedBy(root),
      },
    }),
    object('Issuer', authority, scope, { spec: { ca: { secretName: authority } } }),
  ]
}

/** The Secret gets tls.crt, tls.key (PKCS#8, as Java wants it) and ca.crt. */
export const peerCertificate = (
  scope: Scope,
  { commonName, dnsNames }: { commonName: string; dnsNames: string[] },
): Manifest =>
  object('Certificate', `${scope.resource}-peers`, scope, {
    spec: {
      secretName: peersSecret(scope),
      commonName,
      dnsNames,
      duration: QUARTER,
      renewBefore: MONTH,
      privateKey: { algorithm: 'ECDSA', size: 256, encoding: 'PKCS8', rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth', 'client auth'],
      issuerRef: issuedBy(`${scope.resource}-ca`),
    },
  })
