// Tenants with vaults and places of their own: copy this beside main.bicepparam, with ids of yours. A test reads it (settings.test.ts).
using 'main.bicep'

param name = 'phoenix'
param edgePublicJwks = readEnvironmentVariable('EDGE_PUBLIC_JWKS')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')

param tenantVaults = {
  ten_eu_aaaaaaaaaaaaaaaa: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/Acme/providers/Microsoft.KeyVault/vaults/Acme-Secrets'
  ten_eu_bbbbbbbbbbbbbbbb: '/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/globex/providers/Microsoft.KeyVault/vaults/globex-secrets'
}
param platformVault = '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/phoenix-keys/providers/Microsoft.KeyVault/vaults/phoenix-keys'

param arcScopes = {
  ten_eu_aaaaaaaaaaaaaaaa: ['00000000-0000-4000-8000-000000000001/acme-arc', '00000000-0000-4000-8000-000000000001/acme-lab']
  ten_eu_bbbbbbbbbbbbbbbb: ['00000000-0000-4000-8000-000000000002/globex-arc']
}
// In this one whoever deploys main.bicep may assign no roles: somebody else deployed arc-scope.bicep there, and sent its outputs.
param arcOnboarding = {
  '00000000-0000-4000-8000-000000000002/globex-arc': {
    identityId: '/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/globex-arc/providers/Microsoft.ManagedIdentity/userAssignedIdentities/phoenix-arc-onboarding'
    clientId: '00000000-0000-4000-8000-0000000000b2'
  }
}

param otlpEndpoint = 'https://collector.example/v1/traces'
param otlpHeaders = readEnvironmentVariable('OTLP_HEADERS', '')
param traceRatio = '0.1'
