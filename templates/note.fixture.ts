// A template of records for tests: one file, or with pages a folder of them. It is not in the catalogue.
import * as z from 'zod'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

const NoteParameters = z.strictObject({
  text: z.string().max(200),
  pages: z.array(z.string()).max(5).default([]),
  /** Where the file is claimed to lie; absent: where it belongs. */
  path: z.string().optional(),
})
type NoteParameters = z.infer<typeof NoteParameters>

export const note: Template<NoteParameters> = recordTemplate<NoteParameters>({
  name: 'note',
  version: '1.0.0',
  title: 'Note',
  description: 'A text that somebody keeps.',
  kind: 'note',
  parameters: NoteParameters,
  examples: [{ title: 'A note', name: 'hello', parameters: { text: 'hello' } }],
  records: {
    directory: 'notes',
    files: ({ tenant, name, parameters: { text, pages, path } }) => [
      {
        path: path ?? `notes/${name}.yaml`,
        value: { schema: 'note/v1', tenant: tenant.slug, name, text },
      },
      ...pages.map((page, index) => ({ path: `notes/${name}/${index + 1}.yaml`, value: { page } })),
    ],
  },
})
