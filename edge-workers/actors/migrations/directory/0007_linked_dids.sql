ALTER TABLE `issuers` ADD `linked_did` text;
--> statement-breakpoint
ALTER TABLE `issuers` ADD `linked_at` integer;
--> statement-breakpoint
CREATE INDEX `issuers_linked_at` ON `issuers` (`linked_at`);
