// Whose words the catalogue's requests are printed in: the reader's tenant, and one of its clusters where a choice must be made.
import type { CatalogueReader } from '../../gitops/catalog.ts'
import { findTenant, inventoryStub } from '../actors/stubs.ts'
import type { Env } from '../env.ts'

const MOST_CLUSTERS = 200

/** Operators have no tenant: their requests keep a place for one. */
export const catalogueReader = async (env: Env, tenantId: string): Promise<CatalogueReader> => {
  const entry = await findTenant(env, tenantId)
  if (!entry) return { tenant: '{tenant}', cluster: null }
  const { slug: tenant, jurisdiction } = entry
  const inventory = inventoryStub(env, jurisdiction)
  if (!inventory.ok) return { tenant, cluster: null }
  const { stub } = inventory.value
  const [{ items }, book] = await Promise.all([
    stub.listClusters({ limit: MOST_CLUSTERS, after: null }),
    stub.readPriceBook(),
  ])
  const own = items.filter(({ owner }) => owner === tenant)
  const [choice] = [...own.filter((cluster) => cluster.proxmoxProviderConfig), ...own, ...items]
  return { tenant, book, cluster: items.length > 1 && choice ? choice.name : null }
}
