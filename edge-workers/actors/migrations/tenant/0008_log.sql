CREATE TABLE `backups` (
	`id` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`logSize` integer NOT NULL,
	`bytes` integer NOT NULL,
	`digest` text NOT NULL,
	`state` text NOT NULL
);

--> statement-breakpoint
CREATE INDEX `backups_at` ON `backups` (`at`);
--> statement-breakpoint
CREATE TABLE `component_steps` (
	`componentId` text NOT NULL,
	`version` integer NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`about` text,
	`evidence` text NOT NULL,
	PRIMARY KEY(`componentId`, `version`)
);

--> statement-breakpoint
CREATE UNIQUE INDEX `component_steps_key` ON `component_steps` (`componentId`,`idempotencyKey`);
--> statement-breakpoint
CREATE TABLE `components` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`kind` text NOT NULL,
	`manufacturer` text NOT NULL,
	`model` text NOT NULL,
	`serialDigest` text NOT NULL,
	`state` text NOT NULL,
	`custodian` text,
	`site` text,
	`host` text,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `components_key` ON `components` (`idempotencyKey`);
--> statement-breakpoint
CREATE UNIQUE INDEX `components_serial` ON `components` (`serialDigest`);
--> statement-breakpoint
CREATE INDEX `components_created` ON `components` (`createdAt`,`id`);
--> statement-breakpoint
CREATE TABLE `log_checkpoints` (
	`size` integer PRIMARY KEY NOT NULL,
	`root` text NOT NULL,
	`note` text NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `log_leaves` (
	`index` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`subject` text NOT NULL,
	`leaf` text NOT NULL,
	`hash` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `log_leaves_seq` ON `log_leaves` (`seq`);
--> statement-breakpoint
CREATE INDEX `log_leaves_subject` ON `log_leaves` (`subject`);
--> statement-breakpoint
CREATE TABLE `log_nodes` (
	`level` integer NOT NULL,
	`index` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`level`, `index`)
);

--> statement-breakpoint
ALTER TABLE `resources` ADD `drift` text;
--> statement-breakpoint
CREATE TRIGGER `log_leaves_no_update` BEFORE UPDATE ON `log_leaves` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `log_leaves_no_delete` BEFORE DELETE ON `log_leaves` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `log_nodes_no_update` BEFORE UPDATE ON `log_nodes` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `log_nodes_no_delete` BEFORE DELETE ON `log_nodes` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;
