// Made by `npm run migrations` from schemas/tables/log.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `anchors` (\n\t`size` integer NOT NULL,\n\t`kind` text NOT NULL,\n\t`reference` text NOT NULL,\n\t`at` text NOT NULL,\n\t`independent` integer NOT NULL,\n\tPRIMARY KEY(`size`, `kind`)\n);",
      "CREATE TABLE `checkpoints` (\n\t`size` integer PRIMARY KEY NOT NULL,\n\t`root` text NOT NULL,\n\t`note` text NOT NULL,\n\t`at` text NOT NULL,\n\t`cosigned` integer NOT NULL,\n\t`commit` text\n);",
      "CREATE TABLE `heads` (\n\t`tenantId` text PRIMARY KEY NOT NULL,\n\t`size` integer NOT NULL,\n\t`root` text NOT NULL,\n\t`at` text NOT NULL,\n\t`leafIndex` integer\n);",
      "CREATE TABLE `keys` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`name` text NOT NULL,\n\t`algorithm` text NOT NULL,\n\t`publicKey` text NOT NULL,\n\t`from` text NOT NULL,\n\t`until` text,\n\t`simulated` integer NOT NULL\n);",
      "CREATE TABLE `leaves` (\n\t`index` integer PRIMARY KEY NOT NULL,\n\t`tenantId` text NOT NULL,\n\t`size` integer NOT NULL,\n\t`leaf` text NOT NULL,\n\t`hash` text NOT NULL\n);",
      "CREATE INDEX `leaves_tenant` ON `leaves` (`tenantId`,`size`);",
      "CREATE TABLE `nodes` (\n\t`level` integer NOT NULL,\n\t`index` integer NOT NULL,\n\t`hash` text NOT NULL,\n\tPRIMARY KEY(`level`, `index`)\n);",
      "CREATE TABLE `work` (\n\t`kind` text PRIMARY KEY NOT NULL,\n\t`dueAt` integer NOT NULL,\n\t`attempts` integer NOT NULL,\n\t`lastError` text\n);",
      "CREATE TRIGGER `leaves_no_update` BEFORE UPDATE ON `leaves` BEGIN\n\tSELECT RAISE(ABORT, 'the log is append-only');\nEND;",
      "CREATE TRIGGER `leaves_no_delete` BEFORE DELETE ON `leaves` BEGIN\n\tSELECT RAISE(ABORT, 'the log is append-only');\nEND;",
      "CREATE TRIGGER `nodes_no_update` BEFORE UPDATE ON `nodes` BEGIN\n\tSELECT RAISE(ABORT, 'the log is append-only');\nEND;",
      "CREATE TRIGGER `nodes_no_delete` BEFORE DELETE ON `nodes` BEGIN\n\tSELECT RAISE(ABORT, 'the log is append-only');\nEND;",
    ],
  },
]
