// Made by `npm run migrations` from schemas/tables/repository.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `writes` (\n\t`minute` integer PRIMARY KEY NOT NULL,\n\t`count` integer NOT NULL\n);",
    ],
  },
]
