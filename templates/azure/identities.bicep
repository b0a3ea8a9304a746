// Two identities: one for everything, and one that can do nothing but bring machines into Arc. The token of the second one leaves
// Azure inside an onboarding script, so it is worth as little as possible.
param name string
param location string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-functions'
  location: location
}

resource onboarding 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-arc-onboarding'
  location: location
}

output functionsId string = functions.id
output functionsClientId string = functions.properties.clientId
output functionsPrincipalId string = functions.properties.principalId
output onboardingId string = onboarding.id
output onboardingClientId string = onboarding.properties.clientId
output onboardingPrincipalId string = onboarding.properties.principalId
