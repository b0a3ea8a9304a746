CREATE TABLE `attestations` (
	`month` text NOT NULL,
	`party` text NOT NULL,
	`digest` text NOT NULL,
	`memberId` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`month`, `party`)
);

--> statement-breakpoint
CREATE TABLE `erasures` (
	`memberId` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `forge_accounts` (
	`memberId` text PRIMARY KEY NOT NULL,
	`login` text NOT NULL,
	`method` text NOT NULL,
	`provedAt` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `forge_accounts_login` ON `forge_accounts` (`login`);
--> statement-breakpoint
CREATE TABLE `forge_challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`memberId` text NOT NULL,
	`login` text,
	`method` text NOT NULL,
	`expiresAt` text NOT NULL,
	`usedAt` text
);

--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`roles` text NOT NULL,
	`secretDigest` text NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`expiresAt` text NOT NULL,
	`acceptedAt` text,
	`acceptedBy` text,
	`revokedAt` text,
	`version` integer NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_key` ON `invitations` (`idempotencyKey`);
--> statement-breakpoint
CREATE TABLE `invoices` (
	`month` text PRIMARY KEY NOT NULL,
	`document` text NOT NULL,
	`digest` text NOT NULL,
	`issuedAt` text NOT NULL,
	`settledAt` text,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text,
	`kind` text NOT NULL,
	`roles` text NOT NULL,
	`state` text NOT NULL,
	`identity` text,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`endedAt` text,
	`version` integer NOT NULL,
	`idempotencyKey` text,
	`fingerprint` text
);

--> statement-breakpoint
CREATE UNIQUE INDEX `members_handle` ON `members` (`handle`);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_identity` ON `members` (`identity`);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_key` ON `members` (`idempotencyKey`);
--> statement-breakpoint
CREATE TABLE `profiles` (
	`memberId` text PRIMARY KEY NOT NULL,
	`wrappedKey` text NOT NULL,
	`sealed` text NOT NULL,
	`updatedAt` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`memberId` text NOT NULL,
	`issuer` text NOT NULL,
	`createdAt` text NOT NULL,
	`lastSeenAt` text NOT NULL,
	`expiresAt` text NOT NULL,
	`endedAt` text
);

--> statement-breakpoint
CREATE INDEX `sessions_member` ON `sessions` (`memberId`);
--> statement-breakpoint
CREATE TABLE `webhook_cursor` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`endpointId` text NOT NULL,
	`seq` integer NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`dueAt` integer NOT NULL,
	`lastStatus` integer,
	`lastError` text,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_once` ON `webhook_deliveries` (`endpointId`,`seq`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`state`,`dueAt`);
--> statement-breakpoint
CREATE TABLE `webhook_endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`description` text NOT NULL,
	`events` text NOT NULL,
	`state` text NOT NULL,
	`generation` integer NOT NULL,
	`previousUntil` text,
	`fromSeq` integer NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`deletedAt` text,
	`version` integer NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_endpoints_key` ON `webhook_endpoints` (`idempotencyKey`);
--> statement-breakpoint
CREATE TABLE `workloads` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`memberId` text NOT NULL,
	`issuer` text NOT NULL,
	`audience` text NOT NULL,
	`claims` text NOT NULL,
	`scopes` text NOT NULL,
	`lifetimeSeconds` integer NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`deletedAt` text,
	`version` integer NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `workloads_key` ON `workloads` (`idempotencyKey`);
--> statement-breakpoint
ALTER TABLE `changes` ADD `behind` text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
ALTER TABLE `rollouts` ADD `behind` text DEFAULT '[]' NOT NULL;
--> statement-breakpoint
ALTER TABLE `tenant` ADD `state` text DEFAULT 'active' NOT NULL;
--> statement-breakpoint
ALTER TABLE `tenant` ADD `stateSince` text;
--> statement-breakpoint
ALTER TABLE `tenant` ADD `settings` text DEFAULT '{}' NOT NULL;
--> statement-breakpoint
ALTER TABLE `tenant` ADD `eraseAt` text;
--> statement-breakpoint
ALTER TABLE `tokens` ADD `rotatedTo` text;
--> statement-breakpoint
ALTER TABLE `tokens` ADD `workload` text;
--> statement-breakpoint
UPDATE `tokens` SET `revokedAt` = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), `version` = `version` + 1
WHERE `revokedAt` IS NULL AND `person` AND EXISTS (SELECT 1 FROM json_each(`lineage`) WHERE `key` > 0 AND `value` <> `tokens`.`member`);
--> statement-breakpoint
UPDATE `tokens` SET `revokedAt` = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), `version` = `version` + 1
WHERE `revokedAt` IS NULL AND NOT `person` AND `member` IN (SELECT `member` FROM `tokens` WHERE `person`);
--> statement-breakpoint
INSERT INTO `members` (`id`, `handle`, `kind`, `roles`, `state`, `createdAt`, `createdBy`, `endedAt`, `version`)
SELECT `member`, `member`, CASE WHEN max(`person`) THEN 'person' ELSE 'service' END,
json_group_array(DISTINCT `role`) FILTER (WHERE `revokedAt` IS NULL AND (`expiresAt` IS NULL OR julianday(`expiresAt`) > julianday('now')) AND (`person` OR `role` IN ('requester', 'auditor'))),
CASE WHEN max(`revokedAt` IS NULL) THEN 'active' ELSE 'removed' END, min(`createdAt`), 'usr_operator', CASE WHEN max(`revokedAt` IS NULL) THEN NULL ELSE max(`revokedAt`) END, 1
FROM `tokens` GROUP BY `member`;
