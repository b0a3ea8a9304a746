CREATE TABLE `places` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`jurisdiction` text NOT NULL,
	PRIMARY KEY(`kind`, `name`)
);

--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`jurisdiction` text NOT NULL,
	`repository` text NOT NULL,
	`repository_key` text NOT NULL,
	`request_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`created_at` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_slug_unique` ON `tenants` (`slug`);
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_repository_key_unique` ON `tenants` (`repository_key`);
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_request_key_unique` ON `tenants` (`request_key`);
--> statement-breakpoint
CREATE INDEX `tenants_jurisdiction` ON `tenants` (`jurisdiction`);
