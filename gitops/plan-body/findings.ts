// The findings, the worst first, each with its rule's page and the way out.
import type { Finding, Plan } from '../../schemas/plan.ts'
import { rulePath } from '../finding.ts'
import { plain, type Room, section, table } from './markdown.ts'

const HEADINGS = [
  ['block', '⛔ Blocking'],
  ['warn', '⚠️ Warnings'],
  ['info', 'ℹ️ Notes'],
] as const

export const findingsSection = ({ findings }: Plan, publicUrl: string, room: Room): string[] =>
  section(
    'Findings',
    findings.length === 0
      ? ['None.']
      : HEADINGS.flatMap(([severity, title]) => {
          const rows = findings.filter((found) => found.severity === severity)
          return rows.length === 0
            ? []
            : [
                `### ${title} (${rows.length})`,
                '',
                ...table(
                  ['Rule', 'What', 'Way out'],
                  rows.map((found) => [
                    `[${found.rule}](${publicUrl}${rulePath(found)})`,
                    plain(found.message) + numbersOf(found) + excuse(found),
                    plain(found.fix),
                  ]),
                  room,
                ),
                '',
              ]
        }).slice(0, -1),
  )

/** The numbers behind a sentence, where they stand in the way. */
const numbersOf = ({ severity, numbers }: Finding): string =>
  severity === 'block' && numbers
    ? ` (${Object.entries(numbers)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')})`
    : ''

const excuse = ({ exception }: Finding): string =>
  exception
    ? ` Excused until ${plain(exception.expires)} by ${plain(exception.name)}, owner ${plain(exception.owner)}: ${plain(exception.reason)}.`
    : ''
