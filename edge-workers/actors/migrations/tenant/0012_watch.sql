CREATE TABLE `forge_word` (
	`id` integer PRIMARY KEY NOT NULL,
	`openedAt` integer NOT NULL,
	`toldAt` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `pull_looks` (
	`changeId` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);

