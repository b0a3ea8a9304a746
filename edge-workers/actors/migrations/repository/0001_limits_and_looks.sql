CREATE TABLE `pause` (
	`id` integer PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	`refusals` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `spent` (
	`second` integer NOT NULL,
	`repository` text NOT NULL,
	`writes` integer NOT NULL,
	`reads` integer NOT NULL,
	PRIMARY KEY(`second`, `repository`)
);

