// Every file of the commit with what happens to it and the digest of what it holds: by these an output is recognised.
import type { Plan } from '../../schemas/plan.ts'
import { code, type Room, section, table } from './markdown.ts'

const HAPPENS = { add: 'added', change: 'changed', remove: '**removed**' } as const

export const filesSection = ({ files }: Plan, { files: rows }: Room): string[] =>
  section(
    'Files',
    files.length === 0
      ? []
      : table(
          ['', 'File', 'Bytes', 'Digest'],
          files.map(({ path, action, bytes, digest }) => [
            HAPPENS[action],
            code(path),
            `${bytes}`,
            digest === null ? '' : code(digest),
          ]),
          { rows },
        ),
  )
