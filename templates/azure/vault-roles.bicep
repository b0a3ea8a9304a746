// What the Functions may do in one vault: the one that main.bicep makes, or one of a tenant's own, wherever in the directory that is.
// Deployed to the vault's resource group. The vault decides by roles (enableRbacAuthorization), or none of this counts.
param vaultName string
param functionsPrincipalId string

var cryptoOfficer = '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

// Values go in and never come out, also not to us: every built-in role that may set a secret may read it too.
// A directory has each name of a role once, and groups of two subscriptions may be called the same.
resource writeOnly 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Phoenix secrets, write only')
  properties: {
    roleName: 'Phoenix secrets, write only (${resourceGroup().name}, ${uniqueString(resourceGroup().id)})'
    description: 'Sets, lists, updates, deletes, recovers and purges secrets, and reads no value.'
    type: 'CustomRole'
    permissions: [
      {
        actions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/secrets/setSecret/action'
          'Microsoft.KeyVault/vaults/secrets/readMetadata/action'
          'Microsoft.KeyVault/vaults/secrets/update/action'
          'Microsoft.KeyVault/vaults/secrets/delete'
          'Microsoft.KeyVault/vaults/secrets/recover/action'
          'Microsoft.KeyVault/vaults/secrets/purge/action'
        ]
      }
    ]
    assignableScopes: [resourceGroup().id]
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, functionsPrincipalId, writeOnly.id)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: writeOnly.id
  }
}

resource keys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, functionsPrincipalId, cryptoOfficer)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoOfficer)
  }
}
