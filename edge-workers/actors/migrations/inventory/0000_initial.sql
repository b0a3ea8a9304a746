CREATE TABLE `machines` (
	`change_id` text NOT NULL,
	`name` text NOT NULL,
	`tenant_id` text NOT NULL,
	`resource` text NOT NULL,
	`site` text NOT NULL,
	`host` text NOT NULL,
	`cores` integer NOT NULL,
	`memory_mib` integer NOT NULL,
	`disk_gib` integer NOT NULL,
	`vm_id` integer NOT NULL,
	`address` text NOT NULL,
	PRIMARY KEY(`change_id`, `name`)
);

--> statement-breakpoint
CREATE INDEX `machines_resource` ON `machines` (`tenant_id`,`resource`);
--> statement-breakpoint
CREATE INDEX `machines_host` ON `machines` (`site`,`host`);
--> statement-breakpoint
CREATE TABLE `places` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`version` integer NOT NULL,
	`webhook_generation` integer NOT NULL,
	`request_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	PRIMARY KEY(`kind`, `name`)
);

--> statement-breakpoint
CREATE UNIQUE INDEX `places_request` ON `places` (`kind`,`request_key`);
--> statement-breakpoint
CREATE TABLE `reservations` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`change_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`resource` text NOT NULL,
	`state` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `reservations_change_id_unique` ON `reservations` (`change_id`);
