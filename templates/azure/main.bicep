// The back office of Phoenix in one resource group: Function app (Flex Consumption), its identities, vault, storage, telemetry,
// alerts. No shared key, no connection string, no client secret anywhere.
//   az deployment group create -g phoenix -f templates/azure/main.bicep -p templates/azure/main.bicepparam
targetScope = 'resourceGroup'

@description('Prefix of every name: letters, digits and single hyphens between them, a letter first. The vault and the storage account get a suffix, as their names are global, and lower case.')
@minLength(3)
@maxLength(12)
param name string = 'phoenix'

@description('Region of everything here.')
param location string = resourceGroup().location

@description('Public keys of the edge, as JSON: one, or two while they change. Nothing else is let in.')
param edgePublicJwks string

@description('Vaults of tenants\' own: from tenant id to the vault\'s resource id, as `az keyvault show --query id` prints it. Each must decide by roles (enableRbacAuthorization); the Functions get theirs on it here. Other tenants share the vault made here.')
param tenantVaults { *: string } = {}

@description('Resource id of a vault for the platform\'s own keys. Empty: they are in the vault made here.')
param platformVault string = ''

@description('Which tenant may reach which resource groups in Arc: from tenant id to a list of "<subscription id>/<resource group>". Each group gets its roles and its own onboarding identity here (arc-scope.bicep); no two tenants share one. Without this and without a pattern the Functions do not speak to Arc.')
param arcScopes { *: string[] } = {}

@description('Instead of arcScopes, one for all: "<subscription id>/<resource group>" with {tenant} in the group, which stands for the tenant\'s id. Roles come from arc-scope.bicep, by hand. Where both are given the list counts.')
param arcScopePattern string = ''

@description('Resource groups to which arc-scope.bicep was deployed by hand: from "<subscription id>/<resource group>" to its two outputs. Machines are onboarded in these and in those of arcScopes, and nowhere else.')
param arcOnboarding { *: { identityId: string, clientId: string } } = {}

@description('OTLP over HTTP in JSON: where traces of the Functions go, as https://collector.example/v1/traces. Empty: nowhere.')
param otlpEndpoint string = ''

@description('What the collector wants to be sent, its key for one: name=value,name=value.')
@secure()
param otlpHeaders string = ''

@description('Of traces that nobody decided about, from 0 to 1. Empty: 0.05.')
param traceRatio string = ''

@description('Further settings of the Functions, by the names in the runbook. One that is set by hand is gone after the next deployment of this.')
@secure()
param moreSettings object = {}

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

// A resource id is compared without regard to case, and a role assignment is named by it: one way of writing it for all.
var ownVaults = map(
  concat(items(tenantVaults), empty(platformVault) ? [] : [{ key: 'platform', value: platformVault }]),
  one => { owner: one.key, id: split(toLower(one.value), '/') }
)
var urlOfOwner = toObject(ownVaults, one => one.owner, one => 'https://${last(one.id)}${environment().suffixes.keyvaultDns}')
var urlOfTenant = toObject(items(tenantVaults), one => one.key, one => urlOfOwner[one.key])

// In small letters, so that a group which is named twice stops the deployment. Without those to which arc-scope.bicep was deployed by
// hand: whoever deploys this may have no right there. (Keys of an object are found without regard to case.)
var arcPlaces = filter(
  map(flatten(map(items(arcScopes), one => one.value)), place => toLower(place)),
  place => !contains(arcOnboarding, place)
)

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
    name: take('${toLower(name)}-${suffix}', 24)
    location: location
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    workspaceId: telemetry.outputs.workspaceId
  }
}

// One after the other: two tenants may share a vault, and two vaults a resource group, whose role is then the same.
@batchSize(1)
module vaultsOfTheirOwn 'vault-roles.bicep' = [
  for one in ownVaults: {
    name: 'vault-of-${one.owner}'
    scope: resourceGroup(one.id[2], one.id[4])
    params: {
      vaultName: last(one.id)
      functionsPrincipalId: identities.outputs.functionsPrincipalId
    }
    dependsOn: [vault]
  }
]

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    name: take('${toLower(replace(name, '-', ''))}${suffix}', 24)
    location: location
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    backupImmutableDays: backupImmutableDays
  }
}

module arcGroups 'arc-scope.bicep' = [
  for place in arcPlaces: {
    name: 'arc-${uniqueString(place)}'
    scope: resourceGroup(split(place, '/')[0], split(place, '/')[1])
    params: {
      name: name
      functionsPrincipalId: identities.outputs.functionsPrincipalId
    }
  }
]

module functions 'functions.bicep' = {
  name: 'functions'
  params: {
    name: '${name}-functions'
    location: location
    identityId: identities.outputs.functionsId
    identityClientId: identities.outputs.functionsClientId
    onboarding: [
      for (place, index) in arcPlaces: {
        place: place
        identityId: arcGroups[index].outputs.identityId
        clientId: arcGroups[index].outputs.clientId
      }
    ]
    onboardingByHand: map(items(arcOnboarding), one => union(one.value, { place: one.key }))
    storageName: storage.outputs.name
    deploymentContainer: storage.outputs.deploymentContainer
    insightsConnectionString: telemetry.outputs.connectionString
    insightsName: telemetry.outputs.insightsName
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    settings: {
      EDGE_PUBLIC_JWKS: edgePublicJwks
      SECRET_VAULTS: string(union(
        { default: vault.outputs.uri, tenants: urlOfTenant },
        empty(platformVault) ? {} : { platform: urlOfOwner.platform }
      ))
      ARC: empty(arcScopes) && empty(arcScopePattern) ? '' : 'on'
      // JSON either way: string() gives an object its braces, and a text no quotes.
      ARC_SCOPES: !empty(arcScopes) ? string(arcScopes) : empty(arcScopePattern) ? '' : '"${arcScopePattern}"'
      OTLP_ENDPOINT: otlpEndpoint
      TRACE_RATIO: traceRatio
      STATE_CONTAINER: storage.outputs.stateContainerUrl
      BACKUP_CONTAINER: storage.outputs.backupContainerUrl
    }
    secretSettings: union(moreSettings, { OTLP_HEADERS: otlpHeaders })
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

@description('For templates/azure/arc-scope.bicep, where it is deployed by hand.')
output functionsPrincipalId string = identities.outputs.functionsPrincipalId

@description('Where the bundle is deployed to.')
output functionAppName string = functions.outputs.name
