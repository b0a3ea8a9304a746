CREATE TABLE `stretches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`resource` text NOT NULL,
	`state` text NOT NULL,
	`since` text NOT NULL,
	`until` text,
	`message` text NOT NULL,
	`simulated` integer NOT NULL
);

--> statement-breakpoint
CREATE INDEX `stretches_resource` ON `stretches` (`resource`,`since`);
--> statement-breakpoint
ALTER TABLE `plans` ADD `written` text;
--> statement-breakpoint
ALTER TABLE `resources` ADD `cost` text;
--> statement-breakpoint
ALTER TABLE `resources` ADD `tier` text;
