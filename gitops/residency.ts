// Where everything of a plan would be, copies and logs and keys included, against where the tenant's things may be. Pure.
import type { Cluster } from '../schemas/place.ts'
import type { Finding, ResidencyLine, VmPlacement } from '../schemas/plan.ts'
import type { SystemResidency } from '../schemas/residency.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { findSystem } from '../templates/index.ts'
import { finding } from './finding.ts'
import type { RenderedObject } from './policies/judge.ts'
import { allowedBy, type Circle, forbids } from './residency/allowed.ts'
import { knownRegion } from './residency/regions.ts'
import { type Spot, spotsOf } from './residency/spots.ts'

/** What the planner has made by then. */
interface Planned {
  /** Name of the template; a phase's begins with its system's. */
  template: string
  objects: readonly RenderedObject[]
  placement: readonly VmPlacement[]
  /** As the template's schema has read them. */
  parameters: unknown
  cluster: Cluster | null
}

type World = Pick<Snapshot, 'tenant' | 'sites' | 'regions'>

export const judgeResidency = (
  planned: Planned,
  world: World,
): { residency: ResidencyLine[]; findings: Finding[] } => {
  const circle = circleOf(planned, world)
  const spots = spotsOf(planned, world)
  const rows = spots.map((spot) => bySettings({ spot, ...judgeSpot(spot, circle, world) }, world))
  const phoenix = controlPlane(circle, world)
  const residency = [...rows.map(({ line }) => line), phoenix.line, FORGE]
  const denied = rows.filter(({ line, outside }) => line.verdict === 'denied' && !outside)
  const outside = rows.filter((row) => row.outside)
  const unproved = denies(circle.system)
    ? rows.filter(({ spot, line }) => mustBeProved(spot) && line.verdict === 'unknown')
    : []
  const numbers = {
    denied: denied.length + phoenix.findings.length,
    places: residency.length,
    allowed: allowedBy(circle).length,
  }
  return {
    residency,
    findings: [
      ...denied.map(({ spot, line, why }) =>
        deniedFinding(spot, line, withAllowed(why ?? '', circle), numbers),
      ),
      ...phoenix.findings,
      ...outside.map(({ spot, line }) =>
        outsideFinding(spot, line, {
          allowed: world.tenant.allowedRegions ?? [],
          ...{ outside: outside.length, places: residency.length },
        }),
      ),
      ...unproved.map(({ spot, line }) => unprovedFinding(spot, line, unproved.length)),
      ...wholeFindings(
        rows.filter((row) => !unproved.includes(row)),
        residency.length,
      ),
      ...(denies(circle.system)
        ? [
            finding(
              'RESIDENCY-FORGE',
              'Nothing says in which jurisdiction the forge keeps the repository.',
              { pointer: '/template' },
            ),
          ]
        : []),
    ],
  }
}

const circleOf = ({ template, parameters }: Planned, { tenant }: World): Circle => ({
  residency: tenant.residency ?? { allow: [tenant.jurisdiction] },
  system: ofSystem(template, parameters),
})

const ofSystem = (template: string, parameters: unknown): SystemResidency | undefined => {
  const residency = findSystem(template.split('/')[0] ?? '')?.residency
  return typeof residency === 'function' ? residency(parameters) : residency
}

/** A system that denies nothing has nothing to fear of a forge. */
const denies = (system: SystemResidency | undefined): boolean =>
  system !== undefined && (system.deny.length > 0 || system.allow !== undefined)

/** Owners name regions on top of what operators allow. A place that nobody names is none that they allowed or forbade. */
const isOutside = (
  { region, place = region ?? undefined, global }: Spot,
  { allowedRegions }: World['tenant'],
): boolean => {
  const names = [region, place].flatMap((name) => (typeof name === 'string' ? [name] : []))
  return (
    allowedRegions !== undefined &&
    global !== true &&
    names.length > 0 &&
    !names.some((name) => allowedRegions.includes(name))
  )
}

/** What others already forbid is theirs to say. */
const bySettings = <Row extends { spot: Spot; line: ResidencyLine }>(
  row: Row,
  { tenant }: World,
): Row & { outside: boolean } =>
  row.line.verdict === 'denied' || !isOutside(row.spot, tenant)
    ? { ...row, outside: false }
    : { ...row, outside: true, line: { ...row.line, verdict: 'denied' } }

const judgeSpot = (
  { what, kind, region, place = region ?? undefined, global, simulated = false }: Spot,
  circle: Circle,
  { regions }: World,
): { line: ResidencyLine; why: string | null; global: boolean } => {
  const known = region === null ? null : knownRegion(region, regions)
  const names = [region, place].flatMap((name) => (typeof name === 'string' ? [name] : []))
  const why = known ? forbids(circle, { names, jurisdiction: known.jurisdiction }) : null
  return {
    line: {
      ...{ what, kind, place: place ?? null, jurisdiction: known?.jurisdiction ?? null },
      verdict: known ? (why === null ? 'allowed' : 'denied') : 'unknown',
      simulated: simulated || (known?.standIn ?? false),
    },
    why,
    global: global === true,
  }
}

const withAllowed = (why: string, circle: Circle): string => {
  const allowed = allowedBy(circle).join(', ')
  return `${why}; ${allowed === '' ? 'no jurisdiction is allowed' : `allowed: ${allowed}`}`
}

const deniedFinding = (
  spot: Spot,
  { what, place, jurisdiction }: ResidencyLine,
  why: string,
  numbers: Record<string, number>,
): Finding =>
  finding('REGION-ALLOWED', `${what} would be in ${place} (${jurisdiction}): ${why}.`, {
    ...whereOf(spot),
    numbers,
  })

const outsideFinding = (
  spot: Spot,
  { what, place }: ResidencyLine,
  { allowed, outside, places }: { allowed: readonly string[]; outside: number; places: number },
): Finding =>
  finding(
    'REGION-SETTINGS',
    `${what} would be in ${place}: the owners allow ${listed(allowed)} only.`,
    { ...whereOf(spot), numbers: { outside, places, regions: allowed.length } },
  )

const LISTED = 6
const listed = (names: readonly string[]): string =>
  names.length <= LISTED
    ? names.join(', ')
    : `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`

/** What has no file is the request's own doing. */
const whereOf = ({ file, pointer }: Partial<Spot> = {}) =>
  file === undefined
    ? { pointer: pointer ?? '/parameters' }
    : { file, ...(pointer === undefined ? {} : { pointer }) }

const MUST: readonly ResidencyLine['kind'][] = ['data', 'logs', 'backup']

/** Of a system that denies a jurisdiction: what carries its data away must say whereto. */
const mustBeProved = ({ kind, leaves }: Spot): boolean => leaves === true && MUST.includes(kind)

const unprovedFinding = (spot: Spot, { what }: ResidencyLine, unproved: number): Finding =>
  finding('RESIDENCY-UNPROVED', `${what}: nothing says in which jurisdiction they would be.`, {
    ...whereOf(spot),
    numbers: { unproved },
  })

/** One for all that is unknown, and one for all that is everywhere: the rows say which. */
const wholeFindings = (
  rows: readonly { line: ResidencyLine; global: boolean; spot: Spot }[],
  places: number,
): Finding[] => {
  const unknown = rows.filter(({ line, global }) => line.verdict === 'unknown' && !global)
  const global = rows.filter((row) => row.global)
  const said = (list: typeof rows) => [...new Set(list.map(({ line }) => line.what))].join('; ')
  return [
    ...(unknown.length === 0
      ? []
      : [
          finding('RESIDENCY-UNKNOWN', `In no jurisdiction that we know: ${said(unknown)}.`, {
            ...whereOf(unknown[0]?.spot),
            numbers: { unknown: unknown.length, places },
          }),
        ]),
    ...(global.length === 0
      ? []
      : [
          finding('RESIDENCY-GLOBAL', `Answered from everywhere: ${said(global)}.`, {
            ...whereOf(global[0]?.spot),
            numbers: { global: global.length, places },
          }),
        ]),
  ]
}

/** Phoenix keeps what it knows of a tenant in the tenant's own jurisdiction. */
const controlPlane = (circle: Circle, { tenant }: World) => {
  const { jurisdiction, jurisdictionSimulated = false } = tenant
  const why = forbids(
    { ...circle, residency: { allow: circle.residency.allow } },
    { names: [], jurisdiction },
  )
  const line: ResidencyLine = {
    ...{
      what: 'Phoenix’ own rows of the tenant',
      kind: 'control-plane',
      place: null,
      jurisdiction,
    },
    verdict: why === null ? 'allowed' : 'denied',
    simulated: jurisdictionSimulated,
  }
  const message = `Phoenix keeps the tenant’s rows in ${jurisdiction}, which is not allowed here: ${why}.`
  return {
    line,
    findings:
      why === null ? [] : [finding('RESIDENCY-CONTROL-PLANE', message, { pointer: '/parameters' })],
  }
}

/** No forge says in its address where it keeps what is pushed to it. */
const FORGE: ResidencyLine = {
  ...{
    what: 'the repository on the forge: no forge says where it keeps one, whoever runs it can tell',
    kind: 'forge',
    place: null,
    jurisdiction: null,
  },
  ...{ verdict: 'unknown', simulated: false },
}
