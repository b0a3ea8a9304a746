// What random plans are planned in: an inventory with neighbours on it, a price book, exceptions, settings of residency.
// All of it a function of a seed and a name, without a library of random data, whose loading takes longer than the plans.
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { Site } from '../schemas/place.ts'
import { gib } from '../schemas/quantity.ts'
import type { HostUse, Snapshot, Use } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { exampleCluster, exampleIdentities, exampleSite } from '../templates/example-inputs.ts'
import { standInBook } from '../templates/index.ts'
import { finding } from './finding.ts'
import { NO_PODS } from './pod-use.ts'
import { hostOf, regionOf, sha256, snapshotOf } from './world.fixture.ts'

/** 32 bits of a digest, below a number: the same in every run. */
export type Pick = (what: string, below: number) => number
export const pickBy =
  (seed: string): Pick =>
  (what, below) =>
    Number.parseInt(sha256(`${seed} ${what}`).slice(0, 8), 16) % below

/** An example with numbers, words and switches changed and fields left out, here and there. */
export const mutated = (value: unknown, at: string, pick: Pick): unknown => {
  const chance = (what: string, below: number): boolean => pick(`${at} ${what}`, below) === 0
  if (typeof value === 'number') return chance('n', 3) ? value + pick(`${at} by`, 4) : value
  if (typeof value === 'boolean') return chance('b', 3) ? !value : value
  if (typeof value === 'string') return chance('s', 6) ? `${value}${pick(`${at} end`, 10)}` : value
  if (Array.isArray(value)) {
    return value.map((each, index) => mutated(each, `${at}/${index}`, pick))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !chance(`without ${key}`, 8))
      .map(([key, each]) => [key, mutated(each, `${at}/${key}`, pick)]),
  )
}

const SPARE = 'spare-01'
/** The sites of the examples, larger, and one that things can move to, which has hosts enough to choose from. */
const sites: Site[] = [
  ...['ml110-01', 'r630-01'].map((name) => ({
    ...exampleSite(name),
    hosts: [1, 2].map((at) =>
      hostOf(at === 1 ? name : `${name}-${at}`, { cores: 64, memory: gib(512) }),
    ),
  })),
  {
    ...exampleSite(SPARE),
    region: 'eu-spare',
    hosts: [1, 2, 3].map((at) => hostOf(`${SPARE}-${at}`, { cores: 64, memory: gib(512) })),
  },
]

const smallUse = (at: string, pick: Pick): Use => ({
  vms: 1 + pick(`${at} vms`, 3),
  cores: 1 + pick(`${at} cores`, 16),
  memoryMiB: 1024 * (1 + pick(`${at} memory`, 24)),
  diskGiB: 10 + pick(`${at} disk`, 40),
})

/** The tenant's own machines, its neighbours', and what open changes of both hold. */
const usesOf = (at: string, pick: Pick): HostUse[] =>
  sites
    .flatMap(({ hosts }) => hosts)
    .map(({ name }) => {
      const use = (whose: string) => smallUse(`${at} ${name} ${whose}`, pick)
      return {
        ...{ host: name, yours: use('yours'), others: use('others') },
        held: {
          yours: [{ changeId: `chg_${'b'.repeat(26)}`, use: use('held') }],
          others: use('h'),
        },
      }
    })

/** Exceptions of one rule: for the resource, for all, and ended; of one day, too, where their names decide. */
const exceptionsOf = (name: string, at: string, pick: Pick): Snapshot['exceptions'] =>
  ['a', 'b', 'c', 'd'].map((which) => ({
    ...{ name: `${which}-trial`, rule: EXCUSED, owner: 'olga', reason: 'it is a trial' },
    resource: pick(`${at} ${which} of`, 2) === 0 ? name : null,
    expires: `2027-0${1 + pick(`${at} ${which} until`, 2)}-01`,
    expired: pick(`${at} ${which} ended`, 3) === 0,
  }))
const EXCUSED = 'PG-HA'
/** No template renders what may be excused: so that something is, a third of the worlds has it against the place. */
const against = (at: string, pick: Pick): Snapshot['placeFindings'] =>
  pick(`${at} against`, 3) === 0
    ? [
        finding(EXCUSED, 'A made-up fault.', {
          pointer: '/parameters',
          numbers: { days: 3, least: 7, standbys: 0 },
        }),
      ]
    : []

const TIERS = ['core', 'regional', 'edge'] as const
const DENIED = ['francecentral', 'germanywestcentral', 'italynorth', 'polandcentral']

const tenantOf = (template: Template, at: string, pick: Pick): Snapshot['tenant'] => {
  const denied = DENIED.filter((region) => pick(`${at} denies ${region}`, 2) === 0)
  return {
    ...snapshotOf().tenant,
    ...(template.records?.platform ? { slug: PLATFORM_SLUG } : {}),
    jurisdictionSimulated: pick(`${at} simulated`, 2) === 0,
    residency: {
      allow: pick(`${at} allows`, 2) === 0 ? ['eu', 'us'] : ['us', 'eu'],
      ...(denied.length > 0 ? { denyRegions: denied } : {}),
    },
    failoverApprovals: 2 + pick(`${at} approvals`, 2),
  }
}

/** Before anything of this name stands. */
export const worldOf = (
  { template, name, parameters }: { template: Template; name: string; parameters: unknown },
  at: string,
  pick: Pick,
): Snapshot => {
  const cluster = exampleCluster(pick(`${at} engine`, 2) === 0 ? 'argocd' : 'flux')
  const nodes = template.demand(name, parameters).identities?.nodes ?? []
  const limit = { pods: 200, podCpuMilli: 200_000, podMemoryMiB: 400_000, podVolumeMiB: 9_000_000 }
  const used = { ...NO_PODS, pods: pick(`${at} pods`, 20), podCpuMilli: pick(`${at} milli`, 4000) }
  return snapshotOf({
    tenant: tenantOf(template, at, pick),
    ...{ sites, clusters: [cluster], basesOn: template.name === 'tenant-base' ? [] : ['core'] },
    regions: ['eu-spare', 'eu-test'].map((region) =>
      regionOf(region, { tier: TIERS[pick(`${at} tier`, TIERS.length)] ?? 'edge', standIn: true }),
    ),
    uses: usesOf(at, pick),
    used: smallUse(`${at} used`, pick),
    reserved: smallUse(`${at} reserved`, pick),
    takenVmIds: [pick(`${at} id`, 40), pick(`${at} other id`, 40)].map((id) => 100 + id),
    takenAddresses: [pick(`${at} low`, 20), 20 + pick(`${at} high`, 20)].map(
      (last) => `192.168.11.${101 + last}`,
    ),
    takenNames: [`taken-${pick(`${at} name`, 5)}`],
    takenChainIds: [1 + pick(`${at} chain`, 100)],
    namespaces: [{ cluster: 'core', limit, used, reserved: NO_PODS }],
    baseVersions: {},
    priceBook: standInBook,
    exceptions: exceptionsOf(name, at, pick),
    placeFindings: against(at, pick),
    failoverPolicies: [{ name: 'agreed', resource: name, to: [SPARE, 'eu-spare', 'northeurope'] }],
    identities: exampleIdentities(nodes),
  })
}

const LOCATIONS = ['northeurope', 'westeurope', 'swedencentral']

/** A place that parameters name, and one that could take over; null where they name none. */
export const movesOf = (value: unknown, field = ''): { from: string; to: string } | null => {
  if (typeof value === 'string') {
    if (/sites?$/i.test(field)) return value === SPARE ? null : { from: value, to: SPARE }
    const to = LOCATIONS.find((location) => location !== value)
    return /(?:location|region)$/i.test(field) && to ? { from: value, to } : null
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = movesOf(inner, Array.isArray(value) ? field : key)
    if (found) return found
  }
  return null
}
