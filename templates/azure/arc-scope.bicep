// One tenant's place in Arc: a resource group of its own, for whoever has an onboarding token can write any machine of the group
// until the token ends. Deploy it to that group, once for each tenant:
//   az deployment group create -g acme-arc -f templates/azure/arc-scope.bicep -p functionsPrincipalId=… onboardingPrincipalId=…
targetScope = 'resourceGroup'

@description('Output of main.bicep.')
param functionsPrincipalId string

@description('Output of main.bicep.')
param onboardingPrincipalId string

// Azure Connected Machine Onboarding: read and write machines, and nothing else.
var machineOnboarding = 'b64e21ea-ac4e-4cdf-9dc9-5b892992bee7'
// Azure Connected Machine Resource Administrator: read them back, and remove them.
var machineAdministrator = 'cd570a14-e51a-42ad-bac8-bafd67325302'

// Clusters, and GitOps on them. No built-in role may also delete a connected cluster and nothing more.
resource clusters 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'Phoenix Arc clusters')
  properties: {
    roleName: 'Phoenix Arc clusters (${resourceGroup().name})'
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

resource onboarding 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, onboardingPrincipalId, machineOnboarding)
  properties: {
    principalId: onboardingPrincipalId
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
