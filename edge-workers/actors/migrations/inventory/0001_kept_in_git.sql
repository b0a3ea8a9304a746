ALTER TABLE `places` ADD `kept_in` text;
--> statement-breakpoint
ALTER TABLE `places` ADD `kept_order` integer;
--> statement-breakpoint
ALTER TABLE `places` ADD `removed` integer DEFAULT false NOT NULL;
