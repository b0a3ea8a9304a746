// /v1/clusters/{cluster}/entry-points: what an operator commits to the platform repository so that the cluster's engine
// finds the tenants' bases. Read only: the commit itself is the operator's.
import * as z from 'zod'
import { admissionNotes, admitsPolicies } from '../../gitops/admission-policies.ts'
import { entryFiles } from '../../gitops/entry-files.ts'
import { PLATFORM_SLUG } from '../../schemas/ids.ts'
import type { Cluster } from '../../schemas/place.ts'
import type { Principal } from '../../schemas/principal.ts'
import type { Residency } from '../../schemas/residency.ts'
import type { TenantEntry } from '../actors/contracts.ts'
import { directoryStub, inventoryStub, tenantStub } from '../actors/stubs.ts'
import { operatorOnly, platformDoor } from '../auth/door.ts'
import { repositoryUrl } from '../forge-address.ts'
import { answerJson } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { unpackResult } from '../packed.ts'

const EntryFiles = z.strictObject({
  /** `owner/name` of the repository to commit them to. */
  repository: z.string(),
  items: z.array(z.strictObject({ path: z.string(), content: z.string() })),
  /** What the files leave out on this cluster, and why. */
  notes: z.array(z.string()),
})
const TENANTS_A_CALL = 200

export const findCluster = async (c: AppContext, name: string) => {
  const jurisdiction = await directoryStub(c.env).findPlace('cluster', name)
  const inventory = jurisdiction && inventoryStub(c.env, jurisdiction)
  const cluster = inventory?.ok ? await inventory.value.stub.readCluster(name) : null
  return cluster && jurisdiction ? { cluster: cluster.value, jurisdiction } : null
}

const allTenants = async (c: AppContext) => {
  const tenants = []
  for (let after: string | null = null; ; ) {
    const page = await directoryStub(c.env).listTenants({ limit: TENANTS_A_CALL, after })
    tenants.push(...page.items)
    if (page.next === null) return tenants
    after = page.next
  }
}

/** A tenant that cannot be asked has its own jurisdiction and no more. */
const residencyOf = async (
  c: AppContext,
  { id, jurisdiction }: TenantEntry,
  principal: Principal,
): Promise<Residency> => {
  const reached = tenantStub(c.env, jurisdiction, id)
  const read = reached.ok
    ? await unpackResult(
        reached.value.stub.readTenant({ kind: 'principal', principal: operatorOnly(principal) }),
      )
    : reached
  return read.ok ? read.value.value.residency : { allow: [jurisdiction] }
}

/** How each tenant's entry is told: its places only where the cluster itself can hold things to them. */
const toldOf = async (
  c: AppContext,
  tenant: TenantEntry,
  { principal, cluster }: { principal: Principal; cluster: Cluster },
) => ({
  slug: tenant.slug,
  repositoryUrl: repositoryUrl(c.env, tenant.repository),
  ...(admitsPolicies(cluster) ? { residency: await residencyOf(c, tenant, principal) } : {}),
})

export const registerEntryPointRoutes = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/clusters/{cluster}/entry-points',
      summary: 'Read a cluster’s entry points',
      description:
        'Files for the platform repository: where the engine starts, and the way to each tenant of the jurisdiction. All follow `live`.',
      tag: 'Places',
      action: 'platform.write',
      answers: { 200: { text: 'The files.', schema: EntryFiles, name: 'EntryFiles' } },
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const found = await findCluster(c, param(c, 'cluster'))
      if (!found) return answerRefusal(c, { problem: 'not-found' })
      const { cluster, jurisdiction } = found
      // The operators' own tenant keeps records, which no engine follows.
      const tenants = (await allTenants(c)).filter(
        (tenant) => tenant.jurisdiction === jurisdiction && tenant.slug !== PLATFORM_SLUG,
      )
      return answerJson(c, {
        repository: c.env.PLATFORM_REPOSITORY,
        items: entryFiles({
          cluster,
          tenants: await Promise.all(
            tenants.map((tenant) => toldOf(c, tenant, { principal: who.value, cluster })),
          ),
          platformRepositoryUrl: repositoryUrl(c.env, c.env.PLATFORM_REPOSITORY),
          publicUrl: c.env.PUBLIC_URL,
        }),
        notes: admissionNotes(cluster),
      })
    },
  )
