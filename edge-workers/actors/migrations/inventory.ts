// Made by `npm run migrations` from schemas/tables/inventory.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `machines` (\n\t`change_id` text NOT NULL,\n\t`name` text NOT NULL,\n\t`tenant_id` text NOT NULL,\n\t`resource` text NOT NULL,\n\t`site` text NOT NULL,\n\t`host` text NOT NULL,\n\t`cores` integer NOT NULL,\n\t`memory_mib` integer NOT NULL,\n\t`disk_gib` integer NOT NULL,\n\t`vm_id` integer NOT NULL,\n\t`address` text NOT NULL,\n\tPRIMARY KEY(`change_id`, `name`)\n);",
      "CREATE INDEX `machines_resource` ON `machines` (`tenant_id`,`resource`);",
      "CREATE INDEX `machines_host` ON `machines` (`site`,`host`);",
      "CREATE TABLE `places` (\n\t`kind` text NOT NULL,\n\t`name` text NOT NULL,\n\t`value` text NOT NULL,\n\t`version` integer NOT NULL,\n\t`webhook_generation` integer NOT NULL,\n\t`request_key` text NOT NULL,\n\t`fingerprint` text NOT NULL,\n\tPRIMARY KEY(`kind`, `name`)\n);",
      "CREATE UNIQUE INDEX `places_request` ON `places` (`kind`,`request_key`);",
      "CREATE TABLE `reservations` (\n\t`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`change_id` text NOT NULL,\n\t`tenant_id` text NOT NULL,\n\t`resource` text NOT NULL,\n\t`state` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `reservations_change_id_unique` ON `reservations` (`change_id`);",
    ],
  },
  {
    tag: "0001_kept_in_git",
    statements: [
      "ALTER TABLE `places` ADD `kept_in` text;",
      "ALTER TABLE `places` ADD `kept_order` integer;",
      "ALTER TABLE `places` ADD `removed` integer DEFAULT false NOT NULL;",
    ],
  },
  {
    tag: "0002_place_regions",
    statements: [
      "CREATE INDEX `places_region` ON `places` (`kind`,\"value\" ->> '$.region');",
    ],
  },
  {
    tag: "0003_heard",
    statements: [
      "CREATE TABLE `heard` (\n\t`cluster` text PRIMARY KEY NOT NULL,\n\t`at` text NOT NULL,\n\t`state` text NOT NULL\n);",
    ],
  },
  {
    tag: "0004_old_holds",
    statements: [
      "ALTER TABLE `reservations` ADD `ask_at` integer DEFAULT 0 NOT NULL;",
      "ALTER TABLE `reservations` ADD `unanswered` integer DEFAULT 0 NOT NULL;",
      "CREATE INDEX `reservations_ask` ON `reservations` (`ask_at`) WHERE state in ('held', 'claimed');",
    ],
  },
]
