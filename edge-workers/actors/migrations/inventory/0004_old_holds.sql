ALTER TABLE `reservations` ADD `ask_at` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `reservations` ADD `unanswered` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
CREATE INDEX `reservations_ask` ON `reservations` (`ask_at`) WHERE state in ('held', 'claimed');
