CREATE TABLE `freeze_lifts` (
	`freeze_id` text NOT NULL,
	`by` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`freeze_id`, `by`)
);

--> statement-breakpoint
CREATE TABLE `freezes` (
	`id` text PRIMARY KEY NOT NULL,
	`request_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`reason` text NOT NULL,
	`by` text NOT NULL,
	`at` text NOT NULL,
	`lifted_at` text
);

--> statement-breakpoint
CREATE UNIQUE INDEX `freezes_request_key_unique` ON `freezes` (`request_key`);
