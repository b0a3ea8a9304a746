// Made by `npm run migrations` from schemas/tables/directory.ts. Do not edit.
import type { Migration } from '../database.ts'

export const migrations: Migration[] = [
  {
    tag: "0000_initial",
    statements: [
      "CREATE TABLE `places` (\n\t`kind` text NOT NULL,\n\t`name` text NOT NULL,\n\t`jurisdiction` text NOT NULL,\n\tPRIMARY KEY(`kind`, `name`)\n);",
      "CREATE TABLE `tenants` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`slug` text NOT NULL,\n\t`jurisdiction` text NOT NULL,\n\t`repository` text NOT NULL,\n\t`repository_key` text NOT NULL,\n\t`request_key` text NOT NULL,\n\t`fingerprint` text NOT NULL,\n\t`created_at` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `tenants_slug_unique` ON `tenants` (`slug`);",
      "CREATE UNIQUE INDEX `tenants_repository_key_unique` ON `tenants` (`repository_key`);",
      "CREATE UNIQUE INDEX `tenants_request_key_unique` ON `tenants` (`request_key`);",
      "CREATE INDEX `tenants_jurisdiction` ON `tenants` (`jurisdiction`);",
    ],
  },
  {
    tag: "0001_identity",
    statements: [
      "CREATE TABLE `erasures` (\n\t`tenant_id` text NOT NULL,\n\t`member_id` text NOT NULL,\n\t`at` text NOT NULL,\n\tPRIMARY KEY(`tenant_id`, `member_id`)\n);",
      "CREATE TABLE `identities` (\n\t`identity` text NOT NULL,\n\t`tenant_id` text NOT NULL,\n\tPRIMARY KEY(`identity`, `tenant_id`)\n);",
      "CREATE TABLE `session_tenants` (\n\t`session_id` text NOT NULL,\n\t`tenant_id` text NOT NULL,\n\tPRIMARY KEY(`session_id`, `tenant_id`)\n);",
      "CREATE TABLE `sessions` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`identity` text NOT NULL,\n\t`issuer` text NOT NULL,\n\t`created_at` text NOT NULL,\n\t`expires_at` text NOT NULL,\n\t`ended_at` text\n);",
      "CREATE INDEX `sessions_identity` ON `sessions` (`identity`);",
      "ALTER TABLE `tenants` ADD `state` text DEFAULT 'active' NOT NULL;",
    ],
  },
  {
    tag: "0002_session_expiry",
    statements: [
      "CREATE INDEX `sessions_expires_at` ON `sessions` (`expires_at`);",
    ],
  },
  {
    tag: "0003_log",
    statements: [
      "CREATE TABLE `freeze_lifts` (\n\t`freeze_id` text NOT NULL,\n\t`by` text NOT NULL,\n\t`at` text NOT NULL,\n\tPRIMARY KEY(`freeze_id`, `by`)\n);",
      "CREATE TABLE `freezes` (\n\t`id` text PRIMARY KEY NOT NULL,\n\t`request_key` text NOT NULL,\n\t`fingerprint` text NOT NULL,\n\t`reason` text NOT NULL,\n\t`by` text NOT NULL,\n\t`at` text NOT NULL,\n\t`lifted_at` text\n);",
      "CREATE UNIQUE INDEX `freezes_request_key_unique` ON `freezes` (`request_key`);",
    ],
  },
  {
    tag: "0004_credentials",
    statements: [
      "CREATE TABLE `issuers` (\n\t`issuer` text PRIMARY KEY NOT NULL,\n\t`tenant_id` text NOT NULL\n);",
      "CREATE UNIQUE INDEX `issuers_tenant_id_unique` ON `issuers` (`tenant_id`);",
    ],
  },
  {
    tag: "0005_azure",
    statements: [
      "CREATE TABLE `azure_scopes` (\n\t`place` text PRIMARY KEY NOT NULL,\n\t`tenant_id` text NOT NULL\n);",
      "CREATE TABLE `vault_turns` (\n\t`vault` text PRIMARY KEY NOT NULL,\n\t`next` integer NOT NULL\n);",
    ],
  },
  {
    tag: "0006_freeze_lifts_needed",
    statements: [
      "ALTER TABLE `freezes` ADD `lifts_needed` integer;",
    ],
  },
  {
    tag: "0007_linked_dids",
    statements: [
      "ALTER TABLE `issuers` ADD `linked_did` text;",
      "ALTER TABLE `issuers` ADD `linked_at` integer;",
      "CREATE INDEX `issuers_linked_at` ON `issuers` (`linked_at`);",
    ],
  },
  {
    tag: "0008_freeze_lifts_behind",
    statements: [
      "ALTER TABLE `freeze_lifts` ADD `behind` text DEFAULT '[]' NOT NULL;",
    ],
  },
]
