// A Flux configuration in Azure has one writer: Phoenix, from its file, or the operator of Azure on a cluster, from what the template
// arc-onboarding renders. Two of them would undo each other's for ever.
import { and, eq, inArray, ne } from 'drizzle-orm'
import { findTemplate } from '../../../../../gitops/catalog.ts'
import { finding } from '../../../../../gitops/finding.ts'
import { FLUX_TEMPLATE, fluxId } from '../../../../../schemas/flux.ts'
import type { Finding, Plan } from '../../../../../schemas/plan.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../../context.ts'
import { clusterView } from './rows.ts'

const { arcClusters, fluxConfigurations, resources } = tables
type Asked = Pick<Plan, 'template' | 'name' | 'parameters'>

/** Azure compares ids without their case. */
const rendered = (context: TenantContext, { template, name, parameters }: Asked): string[] => {
  const known = findTemplate(template.name, template.version) ?? findTemplate(template.name)
  if (!known?.writesInAzure) return []
  const read = known.parameters.safeParse(parameters)
  const input = { name, parameters: read.data }
  const ids = read.success ? known.writesInAzure(input, context.tenant().slug) : []
  return ids.map((id) => id.toLowerCase())
}

/** By id, what each is called here: those that are promoted, and what an earlier release put without a file. */
const kept = ({ db }: TenantContext): Map<string, string> => {
  const clusters = db.select().from(arcClusters).where(ne(arcClusters.state, 'removed')).all()
  const put = db
    .select()
    .from(fluxConfigurations)
    .where(ne(fluxConfigurations.state, 'removed'))
    .all()
  const promoted = db
    .select()
    .from(resources)
    .where(and(eq(resources.template, FLUX_TEMPLATE), ne(resources.state, 'removed')))
    .all()
  return new Map(
    clusters.flatMap((cluster) => {
      const { resourceId } = clusterView(db, cluster).value
      const names = [
        ...put.filter(({ arcClusterId }) => arcClusterId === cluster.id),
        ...promoted.filter(({ parameters }) => parameters.arcCluster === cluster.name),
      ].map(({ name }) => name)
      return names.map((name) => [fluxId(resourceId, name).toLowerCase(), name] as const)
    }),
  )
}

/** Name of another resource whose template renders one of these. */
const renderedBy = (
  context: TenantContext,
  ids: readonly string[],
  { name: own }: Asked,
): string | undefined => {
  const { db } = context
  const made = db.selectDistinct({ template: resources.template }).from(resources).all()
  const writing = made.filter(({ template }) => findTemplate(template)?.writesInAzure)
  const names = writing.map(({ template }) => template)
  const others = and(
    ...[inArray(resources.template, names), ne(resources.name, own)],
    ne(resources.state, 'removed'),
  )
  const rows = names.length === 0 ? [] : db.select().from(resources).where(others).all()
  return rows.find(({ template, templateVersion: version, name, parameters }) =>
    rendered(context, { template: { name: template, version }, name, parameters }).some((id) =>
      ids.includes(id),
    ),
  )?.name
}

const twice = (other: string, pointer: string): Finding =>
  finding('FLUX-TWICE', `The resource ${other} writes this configuration already.`, { pointer })

/** Of a resource of which Azure's operator makes a configuration, against those that Phoenix puts, and others of its kind. */
export const judgeRendered = (context: TenantContext, asked: Asked): Finding[] => {
  const ids = rendered(context, asked)
  if (ids.length === 0) return []
  const standing = kept(context)
  const other = ids.flatMap((id) => standing.get(id) ?? [])[0] ?? renderedBy(context, ids, asked)
  return other === undefined ? [] : [twice(other, '/parameters/connectedCluster')]
}

/** Of one that Phoenix would put. `cluster`: its id in Azure Resource Manager. */
export const judgeKept = (context: TenantContext, cluster: string, asked: Asked): Finding[] => {
  const other = renderedBy(context, [fluxId(cluster, asked.name).toLowerCase()], asked)
  return other === undefined ? [] : [twice(other, '/name')]
}
