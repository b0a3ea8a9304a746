CREATE TABLE `arc_clusters` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`cluster` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`distribution` text,
	`agentPublicKey` text,
	`remote` text,
	`readAt` text,
	`fault` text,
	`pending` text,
	`requestKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`createdBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `arc_clusters_requestKey_unique` ON `arc_clusters` (`requestKey`);
--> statement-breakpoint
CREATE INDEX `arc_clusters_name` ON `arc_clusters` (`name`);
--> statement-breakpoint
CREATE TABLE `arc_links` (
	`requestKey` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`subject` text NOT NULL,
	`at` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `arc_machines` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`kind` text NOT NULL,
	`about` text,
	`tags` text NOT NULL,
	`linkDigest` text,
	`linkExpiresAt` text,
	`downloadedAt` text,
	`remote` text,
	`readAt` text,
	`removal` text,
	`requestKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`createdBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `arc_machines_requestKey_unique` ON `arc_machines` (`requestKey`);
--> statement-breakpoint
CREATE INDEX `arc_machines_name` ON `arc_machines` (`name`);
--> statement-breakpoint
CREATE TABLE `azure_scope` (
	`id` text PRIMARY KEY NOT NULL,
	`subscriptionId` text NOT NULL,
	`resourceGroup` text NOT NULL,
	`location` text NOT NULL,
	`entraTenantId` text NOT NULL,
	`updatedBy` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `flux_configurations` (
	`id` text PRIMARY KEY NOT NULL,
	`arcClusterId` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`spec` text NOT NULL,
	`status` text,
	`readAt` text,
	`fault` text,
	`pending` text,
	`put` integer DEFAULT false NOT NULL,
	`requestKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`createdBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `flux_configurations_requestKey_unique` ON `flux_configurations` (`requestKey`);
--> statement-breakpoint
CREATE INDEX `flux_configurations_cluster` ON `flux_configurations` (`arcClusterId`,`name`);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`contentType` text,
	`expiresAt` text,
	`generator` text,
	`rotateDays` integer,
	`rotationDueAt` text,
	`vaultVersion` text,
	`purgeAt` text,
	`createdBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `secrets_name` ON `secrets` (`name`);
--> statement-breakpoint
CREATE TABLE `vault_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`publicJwk` text,
	`rotateDays` integer,
	`expireDays` integer,
	`vaultVersion` text,
	`purgeAt` text,
	`createdBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `vault_keys_name` ON `vault_keys` (`name`);
--> statement-breakpoint
CREATE TABLE `vault_requests` (
	`requestKey` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`subject` text NOT NULL,
	`vaultVersion` text,
	`at` text NOT NULL
);

--> statement-breakpoint
ALTER TABLE `credential_offers` ADD `behind` text DEFAULT '[]' NOT NULL;
