// The back office of Phoenix in one resource group: Function app (Flex Consumption), its identities, vault, storage, telemetry,
// alerts. No shared key, no connection string, no client secret anywhere.
//   az deployment group create -g phoenix -f templates/azure/main.bicep -p templates/azure/main.bicepparam
targetScope = 'resourceGroup'

@description('Prefix of every name. The vault and the storage account get a suffix, as their names are global.')
@minLength(3)
@maxLength(12)
param name string = 'phoenix'

@description('Region of everything here.')
param location string = resourceGroup().location

@description('Public keys of the edge, as JSON: one, or two while they change. Nothing else is let in.')
param edgePublicJwks string

@description('Clears the way for a vault of each tenant: JSON, from tenant id to vault URL. Others share the vault made here.')
param tenantVaults object = {}

@description('Which tenant may reach which resource group in Arc: JSON, from tenant id to subscription/resourceGroup.')
param arcScopes object = {}

@description('Where alerts go. Empty: nobody is told.')
param alertEmail string = ''

@description('Largest number of instances of the Function app.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances for HTTP that never sleep: 0 costs nothing and makes the first call slow.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 1

@description('Days after which telemetry is forgotten.')
param telemetryDays int = 90

@description('Days that exports are kept unchangeable; 2557 is seven years. 0: not enforced by the storage itself.')
param backupImmutableDays int = 0

var suffix = uniqueString(resourceGroup().id)

module telemetry 'telemetry.bicep' = {
  name: 'telemetry'
  params: {
    name: name
    location: location
    retentionDays: telemetryDays
  }
}

module identities 'identities.bicep' = {
  name: 'identities'
  params: {
    name: name
    location: location
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    name: take('${name}-${suffix}', 24)
    location: location
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    workspaceId: telemetry.outputs.workspaceId
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    name: take('${replace(name, '-', '')}${suffix}', 24)
    location: location
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    backupImmutableDays: backupImmutableDays
  }
}

module functions 'functions.bicep' = {
  name: 'functions'
  params: {
    name: '${name}-functions'
    location: location
    identityId: identities.outputs.functionsId
    identityClientId: identities.outputs.functionsClientId
    onboardingIdentityId: identities.outputs.onboardingId
    onboardingClientId: identities.outputs.onboardingClientId
    storageName: storage.outputs.name
    deploymentContainer: storage.outputs.deploymentContainer
    insightsConnectionString: telemetry.outputs.connectionString
    insightsName: telemetry.outputs.insightsName
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    settings: {
      EDGE_PUBLIC_JWKS: edgePublicJwks
      SECRET_VAULTS: string(union({ default: vault.outputs.uri }, tenantVaults))
      ARC: 'on'
      ARC_SCOPES: empty(arcScopes) ? '' : string(arcScopes)
      STATE_CONTAINER: storage.outputs.stateContainerUrl
      BACKUP_CONTAINER: storage.outputs.backupContainerUrl
    }
  }
}

module alerts 'alerts.bicep' = if (!empty(alertEmail)) {
  name: 'alerts'
  params: {
    name: name
    insightsId: telemetry.outputs.insightsId
    vaultId: vault.outputs.id
    email: alertEmail
  }
}

@description('BACK_OFFICE_URL of the edge.')
output backOfficeUrl string = functions.outputs.url

@description('For templates/azure/arc-scope.bicep, once for each tenant.')
output functionsPrincipalId string = identities.outputs.functionsPrincipalId

@description('For templates/azure/arc-scope.bicep, once for each tenant.')
output onboardingPrincipalId string = identities.outputs.onboardingPrincipalId

@description('Where the bundle is deployed to.')
output functionAppName string = functions.outputs.name
