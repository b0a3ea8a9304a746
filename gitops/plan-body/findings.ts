// The findings, the worst first, each with its rule's page and the way out.
import type { Finding, Plan } from '../../schemas/plan.ts'
import { rulePath } from '../finding.ts'
import { code, plain, type Room, section, table } from './markdown.ts'

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
          const rows = alike(findings.filter((found) => found.severity === severity))
          const count = rows.reduce((sum, { files }) => sum + files.length, 0)
          return rows.length === 0
            ? []
            : [
                `### ${title} (${count})`,
                '',
                ...table(
                  ['Rule', 'What', 'Way out'],
                  rows.map(({ found, files }) => [
                    `[${found.rule}](${publicUrl}${rulePath(found)})`,
                    plain(found.message) +
                      numbersOf(found) +
                      placesText(files, room) +
                      excuse(found),
                    plain(found.fix),
                  ]),
                  room,
                ),
                '',
              ]
        }).slice(0, -1),
  )

interface Alike {
  found: Finding
  /** Where it is found, as far as that is a file. */
  files: (string | undefined)[]
}

/** The same sentence about several files is one row. */
const alike = (findings: Finding[]): Alike[] => {
  const rows = new Map<string, Alike>()
  for (const { file, pointer, ...found } of findings) {
    const key = JSON.stringify([found, file === undefined ? pointer : null])
    const row = rows.get(key) ?? { found: { ...found, ...(pointer ? { pointer } : {}) }, files: [] }
    rows.set(key, { ...row, files: [...row.files, file] })
  }
  return [...rows.values()]
}

const FILES_NAMED = 4

/** Names of the files without their folders: those are in the list of files. */
const placesText = (files: Alike['files'], { rows }: Room): string => {
  const names = [
    ...new Set(files.flatMap((file) => (file ? [file.slice(file.lastIndexOf('/') + 1)] : []))),
  ]
  if (names.length === 0) return ''
  const shown = rows === Number.POSITIVE_INFINITY ? names : names.slice(0, FILES_NAMED)
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
  return ` In ${shown.map(code).join(', ')}${more}.`
}

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
