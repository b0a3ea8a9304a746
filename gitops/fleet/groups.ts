// Which group of a fleet a region belongs to, and which regions travel in one pull request. Both without a look at any
// other group: adding or changing a region moves nobody else.
import type { FleetWave } from '../../schemas/fleet.ts'
import type { Sha256 } from '../plan.ts'

/** A new fleet gets a group for so many regions: with ten files each, most groups are one pull request. */
const REGIONS_PER_GROUP = 20

export const groupsFor = (regions: number): number =>
  Math.max(1, Math.ceil(regions / REGIONS_PER_GROUP))

/** By the region's name alone: the first 32 bits of its digest, modulo the fleet's number of groups. */
export const groupOf = (region: string, groups: number, sha256: Sha256): number =>
  Number.parseInt(sha256(region).slice(0, 8), 16) % groups

/** What one region's files take of a pull request. */
export interface Weight {
  files: number
  bytes: number
  lines: number
}

export interface Member {
  region: string
  cluster: string
  /** Regions of one kind are alike, as far as can be said before they are planned. */
  kind: string
  weight: { each: Weight; once: Weight }
}

const fits = (sum: Weight, more: Weight, most: Weight): boolean =>
  sum.files + more.files <= most.files &&
  sum.bytes + more.bytes <= most.bytes &&
  sum.lines + more.lines <= most.lines

const plus = (a: Weight, b: Weight): Weight => ({
  files: a.files + b.files,
  bytes: a.bytes + b.bytes,
  lines: a.lines + b.lines,
})

/** In order, as many as one pull request holds; what is too large for any is alone, and the guard says so. */
const packed = (members: Member[], most: Weight): Member[][] => {
  const pulls: { members: Member[]; kinds: Set<string>; sum: Weight }[] = []
  for (const member of members) {
    const { kind, weight } = member
    const last = pulls.at(-1)
    const more = last?.kinds.has(kind) ? weight.each : plus(weight.each, weight.once)
    if (last && fits(last.sum, more, most)) {
      last.members.push(member)
      last.kinds.add(kind)
      last.sum = plus(last.sum, more)
    } else {
      const sum = plus(weight.each, weight.once)
      pulls.push({ members: [member], kinds: new Set([kind]), sum })
    }
  }
  return pulls.map((pull) => pull.members)
}

const byRegion = (a: Member, b: Member): number => (a.region < b.region ? -1 : 1)

const waveOf = (id: string, group: number, members: Member[]): FleetWave => ({
  id,
  group,
  regions: Object.fromEntries(members.map(({ region, cluster }) => [region, cluster])),
})

const idOf = (group: number, pull: number): string =>
  `g${String(group).padStart(2, '0')}${pull === 0 ? '' : `-${pull + 1}`}`

/** The canary region first, then group after group, each in as many pull requests as its regions need. */
export const wavesOf = (
  members: Member[],
  { canary, groups, most }: { canary: string; groups: number; most: Weight },
  sha256: Sha256,
): FleetWave[] => {
  const first = members.filter(({ region }) => region === canary)
  const rest = new Map<number, Member[]>()
  for (const member of members.filter(({ region }) => region !== canary).sort(byRegion)) {
    const group = groupOf(member.region, groups, sha256)
    rest.set(group, [...(rest.get(group) ?? []), member])
  }
  return [
    ...first.map((member) => waveOf('canary', groupOf(member.region, groups, sha256), [member])),
    ...[...rest]
      .sort(([a], [b]) => a - b)
      .flatMap(([group, regions]) =>
        packed(regions, most).map((pull, index) => waveOf(idOf(group, index), group, pull)),
      ),
  ]
}
