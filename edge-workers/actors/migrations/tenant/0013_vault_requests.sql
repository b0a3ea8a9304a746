ALTER TABLE `vault_requests` ADD `asked` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `vault_requests` ADD `unfinished` text;
--> statement-breakpoint
CREATE INDEX `vault_requests_subject` ON `vault_requests` (`subject`,`asked`);
