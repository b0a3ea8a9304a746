// The part of a plan's document that shows a change in many regions: each class of identical differences once, with its
// regions. All of it is in plan.json too, where the digest of every single file is.
import type { FleetClass, FleetFile } from '../../schemas/fleet-plan.ts'
import type { Plan } from '../../schemas/plan.ts'
import { counted } from '../counted.ts'
import { code, plain, type Room, section, table } from '../plan-body/markdown.ts'
import { alikeSentence, summarySentence } from './summary.ts'

/** Lines shown of one class where room is short, for each row that a table may have. */
const LINES_PER_ROW = 2

/** One more back-tick than the text has in a row, so that nothing inside ends the block. */
const fenced = (text: string, language: string): string[] => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, text.trimEnd(), fence]
}

const VERB = { add: 'added', change: 'changed', remove: 'removed' } as const

const textOf = ({ action, content, difference }: FleetFile): string[] =>
  action === 'remove' || content === null
    ? []
    : difference !== null
      ? fenced(difference, 'diff')
      : fenced(content, 'yaml')

/** Files in order until the lines are used up; what is left out is counted. */
const filesOf = ({ files }: FleetClass, lines: number): string[] => {
  const shown: string[] = []
  let left = lines
  for (const [index, file] of files.entries()) {
    const text = textOf(file).flatMap((part) => part.split('\n'))
    if (text.length > left) {
      const rest = files.length - index
      return [...shown, `… and ${counted(rest, 'file')} of this class in ${code('PLAN.md')}.`, '']
    }
    left -= text.length
    const unsure = file.form === 'by-name' ? '' : ', the same bytes'
    shown.push(`${code(file.path)} ${VERB[file.action]}${unsure}`, '', ...text, '')
  }
  return shown
}

const classSection = (found: FleetClass, index: number, lines: number): string[] => [
  `### Class ${index + 1}: ${counted(found.regions.length, 'region')} alike`,
  '',
  found.regions.map(({ region }) => code(region)).join(', '),
  '',
  `${counted(found.files.length, 'file')} in each; digest of the class ${code(found.digest)}.`,
  '',
  ...filesOf(found, lines),
]

/** `27 regions identical, 2 differ.` */
export const classesSentence = (sizes: number[]): string =>
  alikeSentence(
    sizes.reduce((sum, size) => sum + size, 0),
    Math.max(0, ...sizes),
    sizes.length,
  )

/** Over all pull requests of the rollout, where this one is one of several. */
export const fleetHead = ({ fleet }: Plan): string[] =>
  fleet?.ofRollout && fleet.ofRollout.waves > 1
    ? [
        `One of several pull requests of a fleet. **${plain(summarySentence(fleet.ofRollout))}**`,
        '',
      ]
    : []

/** Nothing for a plan that is not about a fleet. */
export const fleetSection = ({ fleet }: Plan, room: Room): string[] => {
  if (!fleet) return []
  const { changed, unchanged, classes } = fleet
  const sentence = classesSentence(classes.map(({ regions }) => regions.length))
  const stay =
    unchanged === 0 ? '' : ` ${counted(unchanged, 'region')} of the group stay as they are.`
  const names = code('{cluster}')
  return section('Regions', [
    `**${plain(sentence)}**${stay} In what follows ${names} and ${code('{region}')} stand for the names of each region.`,
    '',
    ...(changed === 0
      ? []
      : classes
          .slice(0, room.rows)
          .flatMap((found, index) => classSection(found, index, room.rows * LINES_PER_ROW))),
    ...(classes.length > room.rows
      ? [`… and ${counted(classes.length - room.rows, 'class')} more in ${code('PLAN.md')}.`, '']
      : []),
    '### What each region gets',
    '',
    ...table(
      ['Region', 'Cluster', 'Class', 'Digest of its files'],
      classes.flatMap(({ regions }, index) =>
        regions.map(({ region, cluster, outputs }) => [
          code(region),
          code(cluster),
          `${index + 1}`,
          code(outputs),
        ]),
      ),
      room,
    ),
  ])
}
