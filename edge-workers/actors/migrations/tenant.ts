// Made by `npm run migrations` from schemas/tables/tenant.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `approvals` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`changeId` text NOT NULL,\n\t`revision` integer NOT NULL,\n\t`subject` text NOT NULL,\n\t`source` text NOT NULL,\n\t`headSha` text NOT NULL,\n\t`treeSha` text NOT NULL,\n\t`reads` text NOT NULL,\n\t`at` text NOT NULL,\n\t`voidedAt` text,\n\t`voidReason` text\n);",
      "CREATE INDEX `approvals_change` ON `approvals` (`changeId`);",
      "CREATE TABLE `changes` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`idempotencyKey` text NOT NULL,\n\t`fingerprint` text NOT NULL,\n\t`request` text NOT NULL,\n\t`name` text NOT NULL,\n\t`state` text NOT NULL,\n\t`version` integer NOT NULL,\n\t`revision` integer NOT NULL,\n\t`reason` text,\n\t`requester` text NOT NULL,\n\t`acceptedAt` text NOT NULL,\n\t`updatedAt` text NOT NULL,\n\t`branch` text NOT NULL,\n\t`pullNumber` integer,\n\t`pullUrl` text,\n\t`baseSha` text,\n\t`commitSha` text,\n\t`treeSha` text,\n\t`headSha` text,\n\t`gate` text NOT NULL,\n\t`gateReason` text NOT NULL,\n\t`mergeSha` text,\n\t`mergedAt` text,\n\t`liveSha` text,\n\t`livePlace` integer,\n\t`follows` text\n);",
      "CREATE UNIQUE INDEX `changes_key` ON `changes` (`idempotencyKey`);",
      "CREATE INDEX `changes_accepted` ON `changes` (`acceptedAt`,`id`);",
      "CREATE INDEX `changes_state` ON `changes` (`state`);",
      "CREATE INDEX `changes_name` ON `changes` (`name`);",
      "CREATE INDEX `changes_pull` ON `changes` (`pullNumber`);",
      "CREATE INDEX `changes_merge` ON `changes` (`mergeSha`);",
      "CREATE TABLE `commands` (\n\t`key` text PRIMARY KEY NOT NULL,\n\t`fingerprint` text NOT NULL,\n\t`changeId` text NOT NULL,\n\t`at` text NOT NULL\n);",
      "CREATE TABLE `deliveries` (\n\t`digest` text PRIMARY KEY NOT NULL,\n\t`at` text NOT NULL\n);",
      "CREATE TABLE `lives` (\n\t`place` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`sha` text NOT NULL,\n\t`at` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `lives_sha` ON `lives` (`sha`);",
      "CREATE TABLE `outbox` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`kind` text NOT NULL,\n\t`changeId` text NOT NULL,\n\t`dueAt` integer NOT NULL,\n\t`attempts` integer NOT NULL,\n\t`generation` integer NOT NULL,\n\t`lastError` text\n);",
      "CREATE UNIQUE INDEX `outbox_once` ON `outbox` (`kind`,`changeId`);",
      "CREATE INDEX `outbox_due` ON `outbox` (`dueAt`);",
      "CREATE TABLE `plans` (\n\t`changeId` text NOT NULL,\n\t`revision` integer NOT NULL,\n\t`request` text NOT NULL,\n\t`plan` text NOT NULL,\n\t`snapshot` text NOT NULL,\n\t`stands` text NOT NULL,\n\tPRIMARY KEY(`changeId`, `revision`)\n);",
      "CREATE TABLE `resources` (\n\t`name` text PRIMARY KEY NOT NULL,\n\t`kind` text NOT NULL,\n\t`template` text NOT NULL,\n\t`templateVersion` text NOT NULL,\n\t`cluster` text NOT NULL,\n\t`parameters` text NOT NULL,\n\t`placement` text NOT NULL,\n\t`identities` text NOT NULL,\n\t`stands` text NOT NULL,\n\t`guardsLifted` integer NOT NULL,\n\t`state` text NOT NULL,\n\t`health` text NOT NULL,\n\t`healthMessage` text NOT NULL,\n\t`healthSimulated` integer NOT NULL,\n\t`changeId` text NOT NULL,\n\t`revision` integer NOT NULL,\n\t`commit` text NOT NULL,\n\t`version` integer NOT NULL\n);",
      "CREATE TABLE `targets` (\n\t`changeId` text NOT NULL,\n\t`cluster` text NOT NULL,\n\t`component` text NOT NULL,\n\t`state` text NOT NULL,\n\t`revision` text,\n\t`message` text NOT NULL,\n\t`simulated` integer NOT NULL,\n\tPRIMARY KEY(`changeId`, `cluster`, `component`)\n);",
      "CREATE TABLE `tenant` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`slug` text NOT NULL,\n\t`name` text NOT NULL,\n\t`jurisdiction` text NOT NULL,\n\t`jurisdictionSimulated` integer NOT NULL,\n\t`repository` text NOT NULL,\n\t`repositoryUrl` text NOT NULL,\n\t`quota` text NOT NULL,\n\t`basesOn` text NOT NULL,\n\t`createdAt` text NOT NULL,\n\t`version` integer NOT NULL\n);",
      "CREATE TABLE `tokens` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`name` text NOT NULL,\n\t`member` text NOT NULL,\n\t`person` integer NOT NULL,\n\t`role` text NOT NULL,\n\t`scopes` text NOT NULL,\n\t`forgeLogin` text,\n\t`lineage` text NOT NULL,\n\t`secretDigest` text NOT NULL,\n\t`createdAt` text NOT NULL,\n\t`expiresAt` text,\n\t`revokedAt` text,\n\t`lastUsedAt` text,\n\t`version` integer NOT NULL,\n\t`idempotencyKey` text NOT NULL,\n\t`fingerprint` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `tokens_key` ON `tokens` (`idempotencyKey`);",
      "CREATE TABLE `transitions` (\n\t`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`changeId` text NOT NULL,\n\t`version` integer NOT NULL,\n\t`from` text NOT NULL,\n\t`to` text NOT NULL,\n\t`reason` text,\n\t`actor` text NOT NULL,\n\t`at` text NOT NULL,\n\t`leafHash` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `transitions_once` ON `transitions` (`changeId`,`version`);",
    ],
  },
  {
    tag: "0001_rollouts",
    statements: [
      "CREATE TABLE `rollout_phases` (\n\t`rolloutId` text NOT NULL,\n\t`phase` text NOT NULL,\n\t`attempt` integer NOT NULL,\n\t`changeId` text,\n\t`refused` text,\n\tPRIMARY KEY(`rolloutId`, `phase`)\n);",
      "CREATE TABLE `rollout_reports` (\n\t`rolloutId` text NOT NULL,\n\t`kind` text NOT NULL,\n\t`id` text NOT NULL,\n\t`state` text NOT NULL,\n\t`inputs` text NOT NULL,\n\t`by` text NOT NULL,\n\t`at` text NOT NULL,\n\tPRIMARY KEY(`rolloutId`, `kind`, `id`)\n);",
      "CREATE TABLE `rollouts` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`idempotencyKey` text NOT NULL,\n\t`fingerprint` text NOT NULL,\n\t`system` text NOT NULL,\n\t`systemVersion` text NOT NULL,\n\t`name` text NOT NULL,\n\t`parameters` text NOT NULL,\n\t`state` text NOT NULL,\n\t`reason` text,\n\t`requester` text NOT NULL,\n\t`createdAt` text NOT NULL,\n\t`updatedAt` text NOT NULL,\n\t`version` integer NOT NULL\n);",
      "CREATE UNIQUE INDEX `rollouts_key` ON `rollouts` (`idempotencyKey`);",
      "CREATE INDEX `rollouts_created` ON `rollouts` (`createdAt`,`id`);",
      "ALTER TABLE `changes` ADD `rollout` text;",
    ],
  },
  {
    tag: "0002_foundations",
    statements: [
      "ALTER TABLE `tenant` ADD `foundations` text DEFAULT '[]' NOT NULL;",
    ],
  },
  {
    tag: "0003_confirmed",
    statements: [
      "ALTER TABLE `rollouts` ADD `confirmed` text DEFAULT '[]' NOT NULL;",
    ],
  },
  {
    tag: "0004_availability",
    statements: [
      "CREATE TABLE `stretches` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`resource` text NOT NULL,\n\t`state` text NOT NULL,\n\t`since` text NOT NULL,\n\t`until` text,\n\t`message` text NOT NULL,\n\t`simulated` integer NOT NULL\n);",
      "CREATE INDEX `stretches_resource` ON `stretches` (`resource`,`since`);",
      "ALTER TABLE `plans` ADD `written` text;",
      "ALTER TABLE `resources` ADD `cost` text;",
      "ALTER TABLE `resources` ADD `tier` text;",
    ],
  },
]
