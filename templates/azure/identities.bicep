// The identity that does everything. Those that bring machines into Arc are in the tenants' resource groups (arc-scope.bicep).
param name string
param location string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-functions'
  location: location
}

output functionsId string = functions.id
output functionsClientId string = functions.properties.clientId
output functionsPrincipalId string = functions.properties.principalId
