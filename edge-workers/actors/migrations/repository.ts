// Made by `npm run migrations` from schemas/tables/repository.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `writes` (\n\t`minute` integer PRIMARY KEY NOT NULL,\n\t`count` integer NOT NULL\n);",
    ],
  },
  {
    tag: "0001_limits_and_looks",
    statements: [
      "CREATE TABLE `pause` (\n\t`id` integer PRIMARY KEY NOT NULL,\n\t`until` integer NOT NULL,\n\t`refusals` integer NOT NULL\n);",
      "CREATE TABLE `spent` (\n\t`second` integer NOT NULL,\n\t`repository` text NOT NULL,\n\t`writes` integer NOT NULL,\n\t`reads` integer NOT NULL,\n\tPRIMARY KEY(`second`, `repository`)\n);",
    ],
  },
]
