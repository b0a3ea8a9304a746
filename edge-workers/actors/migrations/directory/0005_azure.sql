CREATE TABLE `azure_scopes` (
	`place` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `vault_turns` (
	`vault` text PRIMARY KEY NOT NULL,
	`next` integer NOT NULL
);

