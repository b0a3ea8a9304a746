// Credo's own issuer as a process by itself, for the benchmark vc-issue: the same credential as ours, in memory. It says where it is
// on its first line, and makes an offer for each POST to /offers.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, Kms, X509Module } from '@credo-ts/core'
import { OpenId4VcModule } from '@credo-ts/openid4vc'
import { createMemoryKms } from '../credo/kms.ts'
import { dependencies, memoryModule } from '../credo/wallet.ts'

const CLAIMS = { given_name: 'Ada', family_name: 'Lovelace', level: 3, city: 'London' }
const DAY = 86_400_000

// The port is needed for the base address, before the application is there.
const server = createServer()
// Others have their turns meanwhile, and a kept connection that ends just then is an error.
server.keepAliveTimeout = 600_000
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const kms = createMemoryKms()
let certificate: Awaited<ReturnType<Agent['x509']['createCertificate']>>
const openid4vc = new OpenId4VcModule({
  issuer: {
    // Of its own path: at the root it would take /offers for an issuer.
    baseUrl: `${base}/oid4vci`,
    credentialRequestToCredentialMapper: ({ holderBinding }) => ({
      ...({ type: 'credentials', format: 'dc+sd-jwt' } as const),
      credentials: holderBinding.keys.map(({ jwk }) => ({
        payload: {
          vct: `${base}/types/badge`,
          exp: Math.floor((Date.now() + DAY) / 1000),
          ...CLAIMS,
        },
        holder: { method: 'jwk' as const, jwk },
        issuer: { method: 'x5c' as const, x5c: [certificate], issuer: base },
        disclosureFrame: { _sd: Object.keys(CLAIMS) },
      })),
    }),
  },
})
const agent = new Agent({
  config: { allowInsecureHttpUrls: true },
  dependencies,
  modules: {
    memory: memoryModule,
    kms: new Kms.KeyManagementModule({ backends: [kms] }),
    x509: new X509Module(),
    openid4vc,
  },
})
await agent.initialize()
const { keyId, publicJwk } = await agent.kms.createKey({ type: { kty: 'EC', crv: 'P-256' } })
certificate = await agent.x509.createCertificate({
  authorityKey: Kms.PublicJwk.fromPublicJwk(publicJwk),
  issuer: { commonName: 'Credo' },
  extensions: { subjectAlternativeName: { name: [{ type: 'url', value: base }] } },
})
certificate.keyId = keyId
const { issuer } = agent.openid4vc
if (!issuer) throw new Error('Credo has no issuer')
const { issuerId } = await issuer.createIssuer({
  accessTokenSignerKeyType: { kty: 'EC', crv: 'P-256' },
  credentialConfigurationsSupported: {
    badge: {
      ...{ format: 'dc+sd-jwt', vct: `${base}/types/badge`, scope: 'badge' },
      cryptographic_binding_methods_supported: ['jwk'],
      credential_signing_alg_values_supported: ['ES256'],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
    },
  },
})

const { app } = openid4vc.config
app.post('/offers', (_, response) => {
  issuer
    .createCredentialOffer({
      ...{ issuerId, credentialConfigurationIds: ['badge'] },
      preAuthorizedCodeFlowConfig: { txCode: { input_mode: 'numeric', length: 6 } },
    })
    .then(({ credentialOffer, issuanceSession }) => {
      response.json({ uri: credentialOffer, txCode: issuanceSession.userPin })
    })
    .catch((error) => response.status(500).json({ error: String(error) }))
})
server.on('request', app)
console.log(base)
