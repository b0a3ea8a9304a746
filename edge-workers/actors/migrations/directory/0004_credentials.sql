CREATE TABLE `issuers` (
	`issuer` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `issuers_tenant_id_unique` ON `issuers` (`tenant_id`);
