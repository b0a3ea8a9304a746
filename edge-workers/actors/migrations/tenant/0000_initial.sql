CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`changeId` text NOT NULL,
	`revision` integer NOT NULL,
	`subject` text NOT NULL,
	`source` text NOT NULL,
	`headSha` text NOT NULL,
	`treeSha` text NOT NULL,
	`reads` text NOT NULL,
	`at` text NOT NULL,
	`voidedAt` text,
	`voidReason` text
);

--> statement-breakpoint
CREATE INDEX `approvals_change` ON `approvals` (`changeId`);
--> statement-breakpoint
CREATE TABLE `changes` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`request` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`revision` integer NOT NULL,
	`reason` text,
	`requester` text NOT NULL,
	`acceptedAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`branch` text NOT NULL,
	`pullNumber` integer,
	`pullUrl` text,
	`baseSha` text,
	`commitSha` text,
	`treeSha` text,
	`headSha` text,
	`gate` text NOT NULL,
	`gateReason` text NOT NULL,
	`mergeSha` text,
	`mergedAt` text,
	`liveSha` text,
	`livePlace` integer,
	`follows` text
);

--> statement-breakpoint
CREATE UNIQUE INDEX `changes_key` ON `changes` (`idempotencyKey`);
--> statement-breakpoint
CREATE INDEX `changes_accepted` ON `changes` (`acceptedAt`,`id`);
--> statement-breakpoint
CREATE INDEX `changes_state` ON `changes` (`state`);
--> statement-breakpoint
CREATE INDEX `changes_name` ON `changes` (`name`);
--> statement-breakpoint
CREATE INDEX `changes_pull` ON `changes` (`pullNumber`);
--> statement-breakpoint
CREATE INDEX `changes_merge` ON `changes` (`mergeSha`);
--> statement-breakpoint
CREATE TABLE `commands` (
	`key` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`changeId` text NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `deliveries` (
	`digest` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `lives` (
	`place` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`sha` text NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `lives_sha` ON `lives` (`sha`);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`changeId` text NOT NULL,
	`dueAt` integer NOT NULL,
	`attempts` integer NOT NULL,
	`generation` integer NOT NULL,
	`lastError` text
);

--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_once` ON `outbox` (`kind`,`changeId`);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`dueAt`);
--> statement-breakpoint
CREATE TABLE `plans` (
	`changeId` text NOT NULL,
	`revision` integer NOT NULL,
	`request` text NOT NULL,
	`plan` text NOT NULL,
	`snapshot` text NOT NULL,
	`stands` text NOT NULL,
	PRIMARY KEY(`changeId`, `revision`)
);

--> statement-breakpoint
CREATE TABLE `resources` (
	`name` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`template` text NOT NULL,
	`templateVersion` text NOT NULL,
	`cluster` text NOT NULL,
	`parameters` text NOT NULL,
	`placement` text NOT NULL,
	`identities` text NOT NULL,
	`stands` text NOT NULL,
	`guardsLifted` integer NOT NULL,
	`state` text NOT NULL,
	`health` text NOT NULL,
	`healthMessage` text NOT NULL,
	`healthSimulated` integer NOT NULL,
	`changeId` text NOT NULL,
	`revision` integer NOT NULL,
	`commit` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `targets` (
	`changeId` text NOT NULL,
	`cluster` text NOT NULL,
	`component` text NOT NULL,
	`state` text NOT NULL,
	`revision` text,
	`message` text NOT NULL,
	`simulated` integer NOT NULL,
	PRIMARY KEY(`changeId`, `cluster`, `component`)
);

--> statement-breakpoint
CREATE TABLE `tenant` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`jurisdiction` text NOT NULL,
	`jurisdictionSimulated` integer NOT NULL,
	`repository` text NOT NULL,
	`repositoryUrl` text NOT NULL,
	`quota` text NOT NULL,
	`basesOn` text NOT NULL,
	`createdAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`member` text NOT NULL,
	`person` integer NOT NULL,
	`role` text NOT NULL,
	`scopes` text NOT NULL,
	`forgeLogin` text,
	`lineage` text NOT NULL,
	`secretDigest` text NOT NULL,
	`createdAt` text NOT NULL,
	`expiresAt` text,
	`revokedAt` text,
	`lastUsedAt` text,
	`version` integer NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_key` ON `tokens` (`idempotencyKey`);
--> statement-breakpoint
CREATE TABLE `transitions` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`changeId` text NOT NULL,
	`version` integer NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`reason` text,
	`actor` text NOT NULL,
	`at` text NOT NULL,
	`leafHash` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `transitions_once` ON `transitions` (`changeId`,`version`);
