CREATE TABLE `rollout_phases` (
	`rolloutId` text NOT NULL,
	`phase` text NOT NULL,
	`attempt` integer NOT NULL,
	`changeId` text,
	`refused` text,
	PRIMARY KEY(`rolloutId`, `phase`)
);

--> statement-breakpoint
CREATE TABLE `rollout_reports` (
	`rolloutId` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`state` text NOT NULL,
	`inputs` text NOT NULL,
	`by` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`rolloutId`, `kind`, `id`)
);

--> statement-breakpoint
CREATE TABLE `rollouts` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`system` text NOT NULL,
	`systemVersion` text NOT NULL,
	`name` text NOT NULL,
	`parameters` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`requester` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `rollouts_key` ON `rollouts` (`idempotencyKey`);
--> statement-breakpoint
CREATE INDEX `rollouts_created` ON `rollouts` (`createdAt`,`id`);
--> statement-breakpoint
ALTER TABLE `changes` ADD `rollout` text;
