// 325 regions in three tiers: whether the tiers give the number, and what all of them need against what is totalled.
import { endOf, rowOf, type Sources } from '../sources.ts'
import { AGAINST, one, range, type SourceClaim } from './parts.ts'

const ARCHITECTURE = 'System Architecture, architecture tiers'
const SYSTEMS = ['sankofa']

type Tiers = Sources['tables']['regions']
const tiers = (all: Sources): Tiers => all.tables.regions

/** Regional datacentres that may be there beside so many core ones. */
const regionalBeside = ({ total, regional, edge }: Tiers, core: number): number =>
  Math.min(endOf(regional, 'most'), total - core - edge.least)

/** The most of something over every split that the total allows. */
const mostOver = (t: Tiers, of: (core: number, regional: number) => number): number => {
  let most = 0
  for (let core = t.core.least; core <= endOf(t.core, 'most'); core += 1) {
    const regional = regionalBeside(t, core)
    if (regional >= t.regional.least) most = Math.max(most, of(core, regional))
  }
  return most
}

const nodes = (t: Tiers) => (core: number, regional: number) =>
  core * t.coreNodes + regional * t.regionalNodes

const allNodes = (t: Tiers, end: 'least' | 'most'): number =>
  end === 'least' ? nodes(t)(t.core.least, t.regional.least) : mostOver(t, nodes(t))

export const regionClaims: SourceClaim[] = [
  {
    id: 'programme/regions',
    rule: 'REGION-TIERS',
    systems: SYSTEMS,
    what: 'T1 10-15, T2 50-75 and T3 250+ give 325 only if T2 is at most 65',
    holds: [
      one(
        '/tables/regions/regional/most',
        (all) => tiers(all).total - tiers(all).core.least - tiers(all).edge.least,
        '<=',
      ),
    ],
    more: (all) => {
      const { total, core, regional, edge } = tiers(all)
      return {
        total,
        sumLeast: core.least + regional.least + edge.least,
        sumMost: endOf(core, 'most') + endOf(regional, 'most') + endOf(edge, 'most'),
        edgeLeast: edge.least,
        edgeMost: total - core.least - regional.least,
      }
    },
    says: 'The tiers give {sumLeast} to {sumMost} regions or more, not {total}: with {edgeLeast} to {edgeMost} at the edge the regional tier can be {computed} at the most, not {declared} ({difference}).',
    fix: 'Cap the regional tier at {computed} and the edge at {edgeMost}.',
    source: ARCHITECTURE,
  },
  {
    id: 'programme/region-validators',
    rule: 'REGION-NODES',
    systems: SYSTEMS,
    what: '30-75 validators over all core datacentres against 3-5 in the totals',
    holds: [
      range('/systems/sankofa/components/besu-validator/count', (all, end) => {
        const t = tiers(all)
        return endOf(t.core, end) * endOf(t.validators, end)
      }),
    ],
    says: `The totals have ${AGAINST('validators')} that all core datacentres need.`,
    fix: 'Say that the totals are of one datacentre, or multiply them.',
    source: `${ARCHITECTURE}; Deployment Requirements Scope, resource summary 4`,
  },
  {
    id: 'programme/region-replicas',
    rule: 'REGION-NODES',
    systems: SYSTEMS,
    what: '100-195 read replicas over all regional datacentres against 2-3 in the totals',
    holds: [
      range('/systems/sankofa/components/read-replica/count', (all, end) => {
        const t = tiers(all)
        return end === 'least'
          ? t.regional.least * t.replicas.least
          : mostOver(t, (_core, regional) => regional * endOf(t.replicas, 'most'))
      }),
    ],
    says: `The totals have ${AGAINST('read replicas')} that all regional datacentres need.`,
    fix: 'Say that the totals are of one datacentre, or multiply them.',
    source: `${ARCHITECTURE}; Deployment Requirements Scope, resource summary 4`,
  },
  {
    id: 'programme/region-nodes',
    rule: 'REGION-NODES',
    systems: SYSTEMS,
    what: '380-480 Kubernetes nodes over both upper tiers against the totals’ one cluster',
    holds: [
      range('/systems/sankofa/components/worker/count', (all, end) => {
        const masters = rowOf(all, 'sankofa', 'control-plane')?.count.least ?? 0
        return allNodes(tiers(all), end) - masters
      }),
    ],
    more: (all, { computedLeast = 0, computedMost = 0 }) => {
      const masters = rowOf(all, 'sankofa', 'control-plane')?.count.least ?? 0
      return {
        masters,
        nodesLeast: computedLeast + masters,
        nodesMost: computedMost + masters,
      }
    },
    says: 'The totals have {masters} masters and {declaredLeast} workers; both upper tiers need {nodesRange} nodes of Kubernetes (beside those masters {computedRange}, difference {differenceLeast} and {differenceMost}).',
    fix: 'Say that the totals are of one datacentre, or multiply them.',
    source: 'System Architecture, compute; Deployment Requirements Scope, resource summary 4',
  },
]
