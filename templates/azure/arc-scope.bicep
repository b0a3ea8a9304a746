// One tenant's place in Arc: a resource group of its own, and an identity of its own that can do nothing but bring machines into that
// group. Its tokens leave Azure inside onboarding scripts: whoever has one can write any machine of this group until it ends, and
// nothing anywhere else. main.bicep deploys this to each group of `arcScopes`. By hand, where whoever deploys that may not:
//   az deployment group create -g acme-arc -f templates/azure/arc-scope.bicep -p functionsPrincipalId=…
targetScope = 'resourceGroup'

@description('Output of main.bicep.')
param functionsPrincipalId string

@description('Prefix of the identity\'s name.')
param name string = 'phoenix'

@description('Region of the identity.')
param location string = resourceGroup().location

// Azure Connected Machine Onboarding: read and write machines, and nothing else.
var machineOnboarding = 'b64e21ea-ac4e-4cdf-9dc9-5b892992bee7'
// Azure Connected Machine Resource Administrator: read them back, and remove them.
var machineAdministrator = 'cd570a14-e51a-42ad-bac8-bafd67325302'

// Clusters, and GitOps on them. No built-in role may also delete a connected cluster and nothing more.
resource clusters 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Phoenix Arc clusters')
  properties: {
    // A directory has each name of a role once, and groups of two subscriptions may be called the same.
    roleName: 'Phoenix Arc clusters (${resourceGroup().name}, ${uniqueString(resourceGroup().id)})'
    description: 'Connected clusters, the extension microsoft.flux and Flux configurations of one resource group.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Kubernetes/connectedClusters/read'
          'Microsoft.Kubernetes/connectedClusters/write'
          'Microsoft.Kubernetes/connectedClusters/delete'
          'Microsoft.ContainerService/managedClusters/read'
          'Microsoft.KubernetesConfiguration/extensions/read'
          'Microsoft.KubernetesConfiguration/extensions/write'
          'Microsoft.KubernetesConfiguration/extensions/delete'
          'Microsoft.KubernetesConfiguration/extensions/operations/read'
          'Microsoft.KubernetesConfiguration/fluxConfigurations/read'
          'Microsoft.KubernetesConfiguration/fluxConfigurations/write'
          'Microsoft.KubernetesConfiguration/fluxConfigurations/delete'
          'Microsoft.KubernetesConfiguration/fluxConfigurations/operations/read'
        ]
      }
    ]
    assignableScopes: [resourceGroup().id]
  }
}

resource onboarder 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-arc-onboarding'
  location: location
}

// The only role that this identity has anywhere: give it no other, and give this one to no identity of another group.
resource onboarding 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, onboarder.id, machineOnboarding)
  properties: {
    principalId: onboarder.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', machineOnboarding)
  }
}

resource machines 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, functionsPrincipalId, machineAdministrator)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', machineAdministrator)
  }
}

resource gitops 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, functionsPrincipalId, clusters.id)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: clusters.id
  }
}

@description('For `arcOnboarding` of main.bicep, where this was deployed by hand.')
output identityId string = onboarder.id

@description('The same.')
output clientId string = onboarder.properties.clientId
