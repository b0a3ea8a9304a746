CREATE TABLE `erasures` (
	`tenant_id` text NOT NULL,
	`member_id` text NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `member_id`)
);

--> statement-breakpoint
CREATE TABLE `identities` (
	`identity` text NOT NULL,
	`tenant_id` text NOT NULL,
	PRIMARY KEY(`identity`, `tenant_id`)
);

--> statement-breakpoint
CREATE TABLE `session_tenants` (
	`session_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	PRIMARY KEY(`session_id`, `tenant_id`)
);

--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`identity` text NOT NULL,
	`issuer` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`ended_at` text
);

--> statement-breakpoint
CREATE INDEX `sessions_identity` ON `sessions` (`identity`);
--> statement-breakpoint
ALTER TABLE `tenants` ADD `state` text DEFAULT 'active' NOT NULL;
