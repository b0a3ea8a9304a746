// The catalogue, and the only door into this room. Parameters are parsed by a template's own schema before any
// other function of it is called, so a Template of one parameter type can stand beside the others.
import type { Template } from '../schemas/template.ts'
import { aksCluster } from './aks-cluster.ts'
import { aksNodePool } from './aks-node-pool.ts'
import { applianceVm } from './appliance-vm/template.ts'
import { application } from './application.ts'
import { applicationGateway } from './application-gateway.ts'
import { arcOnboarding } from './arc-onboarding.ts'
import { argocd } from './argocd.ts'
import { azureDns } from './azure-dns.ts'
import { azureMonitoring } from './azure-monitoring.ts'
import { azureNetwork } from './azure-network.ts'
import { azurePostgres } from './azure-postgres.ts'
import { besuNetwork } from './besu-network/template.ts'
import { cephStorage } from './ceph-storage.ts'
import { certManager } from './cert-manager.ts'
import { certificate } from './certificate.ts'
import { cloudflareTunnel } from './cloudflare-tunnel.ts'
import { containerRegistry } from './container-registry.ts'
import { crossplane } from './crossplane.ts'
import { dnsRecords } from './dns-records.ts'
import { externalDns } from './external-dns.ts'
import { externalSecretTemplate } from './external-secret.ts'
import { failoverPolicy } from './failover-policy.ts'
import { fluxConfiguration } from './flux-configuration.ts'
import { gitea } from './gitea.ts'
import { ingress } from './ingress.ts'
import { ingressController } from './ingress-controller.ts'
import { k3sCluster } from './k3s-cluster/template.ts'
import { kafka } from './kafka.ts'
import { keyVault } from './key-vault.ts'
import { keycloak } from './keycloak.ts'
import { logicApp } from './logic-app.ts'
import { monitoring } from './monitoring.ts'
import { networkPolicies } from './network-policies.ts'
import { nfsStorage } from './nfs-storage.ts'
import { openSearch } from './opensearch.ts'
import { openTelemetryCollector } from './opentelemetry-collector.ts'
import { openTelemetryOperator } from './opentelemetry-operator.ts'
import { operators } from './operators.ts'
import { postgres } from './postgres.ts'
import { priceBook } from './price-book.ts'
import { privateEndpoint } from './private-endpoint.ts'
import { redis } from './redis.ts'
import { region } from './region.ts'
import { ruleException } from './rule-exception.ts'
import { secretStoreTemplate } from './secret-store.ts'
import { site } from './site.ts'
import { storageAccount } from './storage-account.ts'
import { earlierPhases, findPhaseTemplate } from './systems/catalogue.ts'
import { earlierTenantBases, tenantBase } from './tenant-base.ts'
import { tenantQuota } from './tenant-quota.ts'
import { vault } from './vault.ts'
import { velero } from './velero.ts'
import { virtualMachine } from './virtual-machine.ts'
import { vmFleet } from './vm-fleet.ts'

export { apiVersions, type Kind, kindOf } from './api-versions.ts'
export { charts } from './charts.ts'
export { exampleInput } from './example-inputs.ts'
export { findFlyable, flyable } from './fleet/flyable.ts'
export { mergeGroup, parametersOf as fleetParametersOf } from './fleet/merge.ts'
export { FENCE_POLICIES } from './parts/network-policy.ts'
export { managedBy } from './parts/reconciler.ts'
export { standInCredits } from './price-books/credits.ts'
export { standInBook } from './price-books/stand-in.ts'
export { claims } from './programme/claims.ts'
export { type Sources, sources } from './programme/sources.ts'
export { regionCatalogue, regionOf } from './regions/catalogue.ts'
export { latencyMilliseconds, tiers } from './regions/tiers.ts'
export { findSystem, renderingPhases, systems } from './systems/catalogue.ts'
export { FLEET, groupName as fleetGroupName } from './systems/fleet/system.ts'
export { phaseResourceName, phaseTemplateName, usualInstance } from './systems/phase-template.ts'
export { derivedTotals } from './systems/totals.ts'
export {
  VERSION_TABLE_DATE,
  type VersionEnd,
  versionEnds,
  withoutEnd,
} from './version-floors.ts'

export const templates: readonly Template[] = [
  tenantBase,
  virtualMachine,
  besuNetwork,
  vmFleet,
  k3sCluster,
  application,
  aksCluster,
  aksNodePool,
  arcOnboarding,
  azurePostgres,
  privateEndpoint,
  azureNetwork,
  azureMonitoring,
  azureDns,
  applicationGateway,
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
  externalSecretTemplate,
  vault,
  kafka,
  gitea,
  ingress,
  ingressController,
  nfsStorage,
  cephStorage,
  keycloak,
  externalDns,
  dnsRecords,
  applianceVm,
  logicApp,
  argocd,
  crossplane,
  operators,
  velero,
  monitoring,
  openTelemetryOperator,
  openTelemetryCollector,
  openSearch,
  region,
  site,
  priceBook,
  tenantQuota,
  ruleException,
  failoverPolicy,
  fluxConfiguration,
].map((template) => template as unknown as Template)

/** Versions that are not offered any more, and stay usable until the resources that have them have moved. */
const earlier: readonly Template[] = [...earlierTenantBases, ...earlierPhases].map(
  (template) => template as unknown as Template,
)

const newest = (name: string): Template | undefined =>
  templates.find((template) => template.name === name) ?? findPhaseTemplate(name)

/** Without a version the newest; undefined for a version that was never published. */
export const findTemplate = (name: string, version?: string): Template | undefined => {
  const offered = newest(name)
  return version === undefined || offered?.version === version
    ? offered
    : earlier.find((template) => template.name === name && template.version === version)
}

/** Newest first. */
export const versionsOf = (name: string): string[] =>
  [newest(name), ...earlier.filter((template) => template.name === name)].flatMap((template) =>
    template ? [template.version] : [],
  )
