// What people do for the_order before there are images: tools, Azure, Entra, databases, registry. Phoenix gives nobody a
// role and holds no secret; it asks for what was done, in forms that can be checked.
import {
  AdministratorsStored,
  AppRegistered,
  AzureAccount,
  ClientSecretMade,
  ClusterJoined,
  CredentialManifest,
  DatabasesReady,
  PermissionsGranted,
  ProvidersRegistered,
  PullGranted,
  QuotaConfirmed,
  RolesAssigned,
  StorageReady,
  Toolchain,
  VerifiedIdEnabled,
  ZoneDelegated,
} from '../../../schemas/tasks/the-order.ts'
import { registryName, storageName, vaultName } from './names.ts'
import { tasksOf } from './task.ts'

export const prerequisiteTasks = tasksOf(1, 'before', [
  {
    id: 'toolchain',
    title: 'Install the tools',
    owner: 'release',
    inputs: Toolchain,
    steps: () => [
      'Install Terraform 1.5, Node.js 18 and pnpm 8 or later, Azure CLI, kubectl, Docker and Cosign.',
      '`terraform version`, `node --version`, `pnpm --version`, `az version`, `kubectl version --client`, `docker --version`, `cosign version`.',
      'Report the versions, without a leading v.',
    ],
  },
  {
    id: 'azure-account',
    title: 'Confirm subscription, Entra tenant and role',
    owner: 'platform',
    after: ['toolchain'],
    inputs: AzureAccount,
    steps: ({ parameters: { subscriptionId } }) => [
      `\`az login\`, then \`az account set --subscription ${subscriptionId}\`.`,
      '`az account show --query "{subscription:id,tenant:tenantId}"`.',
      `\`az role assignment list --assignee $(az ad signed-in-user show --query id -o tsv) --scope /subscriptions/${subscriptionId}\` names Contributor or Owner.`,
      'Report subscription, Entra tenant and role.',
    ],
  },
])

const azureBefore = tasksOf(2, 'before', [
  {
    id: 'providers',
    title: 'Register the resource providers',
    owner: 'platform',
    inputs: ProvidersRegistered,
    steps: () => [
      'For each namespace of the form: `az provider register --namespace $NAMESPACE --wait`.',
      '`az provider list --query "[?registrationState==\'Registered\'].namespace" -o tsv`.',
      'Report the namespaces.',
    ],
  },
  {
    id: 'quota',
    title: 'Confirm the quota of the region',
    owner: 'platform',
    inputs: QuotaConfirmed,
    steps: ({ parameters: { location } }) => [
      `\`az vm list-usage --location ${location} -o table\`: limit less use of the family Standard DSv5.`,
      `\`az postgres flexible-server list-skus --location ${location}\` and the portal’s quota page for its cores: a standby takes as many again.`,
      `\`az network list-usages --location ${location} -o table\`: public addresses.`,
      'Report what is free of each.',
    ],
  },
])

const azureAfter = tasksOf(2, 'after', [
  {
    id: 'cluster',
    title: 'Register the AKS cluster as the cluster of the workloads',
    owner: 'platform',
    inputs: ClusterJoined,
    steps: ({ name, parameters }) => [
      `\`az aks get-credentials --name ${parameters.base ?? name}-aks --resource-group <tenant>-${parameters.base ?? name}-aks\`, from inside its network where its API is private.`,
      '`kubectl get nodes -o wide`, `kubectl get csidrivers`, and `az aks show --query networkProfile.networkPlugin`.',
      `Let its engine follow the tenant’s repository, under the name that it has in Phoenix since before the system was asked for: ${parameters.workloadCluster ?? 'none, everything runs on one cluster'}.`,
      'Report its name in Phoenix, version, ready nodes, network plugin and disk driver.',
    ],
  },
  {
    id: 'roles',
    title: 'Give the identities their roles',
    owner: 'platform',
    after: ['cluster'],
    inputs: RolesAssigned,
    steps: ({ name, parameters }) => [
      `Federate the reader’s identity ${parameters.vaultReader} with the service account ${name}-store-vault: \`az identity federated-credential create --issuer $(az aks show --query oidcIssuerProfile.issuerUrl -o tsv) --subject system:serviceaccount:<tenant>:${name}-store-vault\`.`,
      `Give it the role Key Vault Secrets User on ${vaultName(parameters, parameters.environment)}: \`az role assignment create --assignee $PRINCIPAL --role "Key Vault Secrets User" --scope $VAULT_ID\`.`,
      'Give whoever fills the vaults Key Vault Secrets Officer, for as long as it takes.',
      'Give the cluster’s identity Network Contributor on the subnet nodes, for internal load balancers.',
      'Report the three vaults and both principals.',
    ],
  },
  {
    id: 'zone-delegated',
    title: 'Delegate the domain to its zone',
    owner: 'platform',
    inputs: ZoneDelegated,
    steps: ({ name, parameters: { domain, base } }) => [
      `The ConfigMap of ${base ?? name}-dns names the zone’s servers; where the zone is elsewhere, its own.`,
      'Enter them at the registrar or in the parent zone.',
      `\`dig +short NS ${domain}\` answers with them.`,
      'Report zone and name servers.',
    ],
  },
])
export const azureTasks = [...azureBefore, ...azureAfter]

export const entraTasks = tasksOf(3, 'before', [
  {
    id: 'app-registration',
    title: 'Register the application in Entra ID',
    owner: 'identity',
    inputs: AppRegistered,
    steps: ({ name }) => [
      `\`az ad app create --display-name ${name} --sign-in-audience AzureADMyOrg\`, then \`az ad sp create --id $APPLICATION_ID\`.`,
      'Report application, service principal and Entra tenant.',
    ],
  },
  {
    id: 'verified-id-permissions',
    title: 'Grant the permission for Verified ID',
    owner: 'identity',
    after: ['app-registration'],
    inputs: PermissionsGranted,
    steps: () => [
      'Find the role’s id: `az ad sp show --id 3db474b9-6a0c-4840-96ac-1fceb342124f --query "appRoles[?value==\'VerifiableCredential.Create.All\'].id" -o tsv`.',
      '`az ad app permission add --id $APPLICATION_ID --api 3db474b9-6a0c-4840-96ac-1fceb342124f --api-permissions $ROLE_ID=Role`.',
      '`az ad app permission admin-consent --id $APPLICATION_ID`.',
      'Report permission, application and consent.',
    ],
  },
  {
    id: 'client-secret',
    title: 'Make the client secret',
    owner: 'identity',
    after: ['app-registration'],
    inputs: ClientSecretMade,
    steps: ({ parameters }) => [
      `\`az ad app credential reset --id $APPLICATION_ID --append --display-name ${parameters.environment} --end-date $END --query password -o tsv | az keyvault secret set --vault-name ${vaultName(parameters, parameters.environment)} --name entra-client-secret --file /dev/stdin\`: it is shown nowhere.`,
      'Report key id and end: `az ad app credential list --id $APPLICATION_ID`. Never the secret.',
    ],
  },
  {
    id: 'verified-id',
    title: 'Enable Verified ID',
    owner: 'identity',
    after: ['verified-id-permissions'],
    inputs: VerifiedIdEnabled,
    steps: ({ parameters: { domain } }) => [
      `In the Entra admin center, Verified ID: set the organisation up with the domain https://${domain}; its keys are kept in a vault of the environment.`,
      '`GET https://verifiedid.did.msidentity.com/v1.0/verifiableCredentials/authorities`.',
      'Report the authority’s id and its DID.',
    ],
  },
  {
    id: 'credential-manifest',
    title: 'Create the credential and its manifest',
    owner: 'identity',
    after: ['verified-id'],
    inputs: CredentialManifest,
    steps: () => [
      '`POST …/verifiableCredentials/authorities/$AUTHORITY/contracts` with rules and displays. Index one claim, an id of one’s own: without it no credential can be found or revoked.',
      'Report the credential’s type and the contract’s manifestUrl.',
    ],
  },
])

const dataBefore = tasksOf(4, 'before', [
  {
    id: 'administrators',
    title: 'Bring the servers’ administrator passwords',
    owner: 'data',
    inputs: AdministratorsStored,
    steps: ({ name, parameters }) => [
      `For each environment: \`openssl rand -base64 30 | tr -d '\\n' | az keyvault secret set --vault-name ${vaultName(parameters, 'dev')} --name db-administrator --file /dev/stdin\`, with stage and prod in place of dev.`,
      `On the cluster of Azure’s objects: \`kubectl create secret generic ${parameters.base ?? name}-db-dev-administrator --namespace <tenant> --from-literal=password="$(az keyvault secret show --vault-name ${vaultName(parameters, 'dev')} --name db-administrator --query value -o tsv)"\`, likewise for stage and prod.`,
      'Report the names of the three Secrets and their key.',
    ],
  },
])

const dataAfter = tasksOf(4, 'after', [
  {
    id: 'databases',
    title: 'Confirm databases and who reaches them',
    owner: 'data',
    inputs: DatabasesReady,
    steps: ({ name, parameters }) => [
      `\`az postgres flexible-server show --name ${parameters.azurePrefix}-dev-db --resource-group <tenant>-${parameters.base ?? name}-db-dev --query "{network:network.publicNetworkAccess,standby:highAvailability.state}"\`, likewise for stage and prod.`,
      'From a pod of the cluster: `psql "host=$HOST dbname=identity sslmode=verify-full" -c "show server_version"`; from outside it times out.',
      'Give each service a role of its own in its own database.',
      'Report host, version, databases, network and standby of each server.',
    ],
  },
  {
    id: 'storage',
    title: 'Confirm the containers',
    owner: 'data',
    inputs: StorageReady,
    steps: ({ parameters }) => [
      `\`az storage container list --account-name ${storageName(parameters)} --auth-mode login -o table\`.`,
      `\`az storage account blob-service-properties show --account-name ${storageName(parameters)}\`: versions, and days of soft delete.`,
      'Give the application Storage Blob Data Contributor on this account and no other.',
      'Report account, containers, versioning and days.',
    ],
  },
])
export const dataTasks = [...dataBefore, ...dataAfter]

export const registryTasks = tasksOf(5, 'after', [
  {
    id: 'aks-integration',
    title: 'Let AKS pull from the registry',
    owner: 'platform',
    inputs: PullGranted,
    steps: ({ name, parameters }) => [
      `\`az aks show --name ${parameters.base ?? name}-aks --query identityProfile.kubeletidentity.objectId -o tsv\`.`,
      `\`az role assignment create --assignee $KUBELET --role AcrPull --scope $(az acr show --name ${registryName(parameters)} --query id -o tsv)\`.`,
      'Report registry, principal and role. The registry has no admin user.',
    ],
  },
])
