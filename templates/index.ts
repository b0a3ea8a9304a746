// The catalogue, and the only door into this room. Parameters are parsed by a template's own schema before any
// other function of it is called, so a Template of one parameter type can stand beside the others.
import type { Template } from '../schemas/template.ts'
import { aksCluster } from './aks-cluster.ts'
import { aksNodePool } from './aks-node-pool.ts'
import { application } from './application.ts'
import { azurePostgres } from './azure-postgres.ts'
import { besuNetwork } from './besu-network/template.ts'
import { certManager } from './cert-manager.ts'
import { certificate } from './certificate.ts'
import { cloudflareTunnel } from './cloudflare-tunnel.ts'
import { containerRegistry } from './container-registry.ts'
import { keyVault } from './key-vault.ts'
import { keycloak } from './keycloak.ts'
import { networkPolicies } from './network-policies.ts'
import { postgres } from './postgres.ts'
import { redis } from './redis.ts'
import { secretStoreTemplate } from './secret-store.ts'
import { storageAccount } from './storage-account.ts'
import { tenantBase } from './tenant-base.ts'
import { virtualMachine } from './virtual-machine.ts'
import { vmFleet } from './vm-fleet.ts'

export { apiVersions, type Kind, kindOf } from './api-versions.ts'
export { charts } from './charts.ts'
export { FENCE_POLICIES } from './parts/network-policy.ts'

export const templates: readonly Template[] = [
  tenantBase,
  virtualMachine,
  besuNetwork,
  vmFleet,
  application,
  aksCluster,
  aksNodePool,
  azurePostgres,
  keyVault,
  containerRegistry,
  storageAccount,
  networkPolicies,
  cloudflareTunnel,
  certificate,
  certManager,
  postgres,
  redis,
  secretStoreTemplate,
  keycloak,
].map((template) => template as unknown as Template)

export const findTemplate = (name: string): Template | undefined =>
  templates.find((template) => template.name === name)
