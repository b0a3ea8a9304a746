CREATE TABLE `credential_configurations` (
	`name` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text,
	`fingerprint` text NOT NULL,
	`driver` text NOT NULL,
	`vct` text,
	`type` text,
	`definition` text NOT NULL,
	`builtIn` integer NOT NULL,
	`remote` text,
	`state` text NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `credential_configurations_key` ON `credential_configurations` (`idempotencyKey`);
--> statement-breakpoint
CREATE INDEX `credential_configurations_created` ON `credential_configurations` (`createdAt`,`name`);
--> statement-breakpoint
CREATE TABLE `credential_offers` (
	`id` text PRIMARY KEY NOT NULL,
	`issuanceId` text NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`driver` text NOT NULL,
	`configurations` text NOT NULL,
	`state` text NOT NULL,
	`claims` text,
	`member` text,
	`codeDigest` text,
	`txCode` text,
	`txCodeDigest` text,
	`triesLeft` integer,
	`accessTokenDigest` text,
	`accessTokenUntil` text,
	`deferred` integer NOT NULL,
	`releasedAt` text,
	`granted` text,
	`holderKeys` text,
	`replacedBy` text,
	`pageDigest` text NOT NULL,
	`error` text,
	`remote` text,
	`callbackDigest` text,
	`expiresAt` text NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_issuance` ON `credential_offers` (`issuanceId`);
--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_key` ON `credential_offers` (`idempotencyKey`);
--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_code` ON `credential_offers` (`codeDigest`);
--> statement-breakpoint
CREATE UNIQUE INDEX `credential_offers_token` ON `credential_offers` (`accessTokenDigest`);
--> statement-breakpoint
CREATE INDEX `credential_offers_created` ON `credential_offers` (`createdAt`,`id`);
--> statement-breakpoint
CREATE INDEX `credential_offers_member` ON `credential_offers` (`member`);
--> statement-breakpoint
CREATE INDEX `credential_offers_expires` ON `credential_offers` (`expiresAt`);
--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`configuration` text NOT NULL,
	`driver` text NOT NULL,
	`offerId` text NOT NULL,
	`member` text,
	`list` integer,
	`position` integer,
	`status` text NOT NULL,
	`reason` text,
	`changedBy` text,
	`holder` text,
	`kid` text,
	`remoteId` text,
	`issuedAt` text NOT NULL,
	`expiresAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_position` ON `credentials` (`list`,`position`);
--> statement-breakpoint
CREATE INDEX `credentials_offer` ON `credentials` (`offerId`);
--> statement-breakpoint
CREATE INDEX `credentials_member` ON `credentials` (`member`);
--> statement-breakpoint
CREATE INDEX `credentials_issued` ON `credentials` (`issuedAt`,`id`);
--> statement-breakpoint
CREATE INDEX `credentials_status` ON `credentials` (`list`,`status`);
--> statement-breakpoint
CREATE TABLE `issuer` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`compat` text NOT NULL,
	`linkSchemes` text NOT NULL,
	`keptBy` text NOT NULL,
	`createdAt` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `issuer_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`use` text NOT NULL,
	`publicJwk` text NOT NULL,
	`sealed` text,
	`certificate` text NOT NULL,
	`certificateUntil` text NOT NULL,
	`state` text NOT NULL,
	`createdAt` text NOT NULL,
	`retiredAt` text
);

--> statement-breakpoint
CREATE TABLE `presentation_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text,
	`fingerprint` text NOT NULL,
	`kind` text NOT NULL,
	`about` text,
	`driver` text NOT NULL,
	`purpose` text NOT NULL,
	`mode` text NOT NULL,
	`response` text NOT NULL,
	`query` text NOT NULL,
	`state` text NOT NULL,
	`fault` text,
	`nonce` text NOT NULL,
	`stateDigest` text NOT NULL,
	`encryptionKey` text,
	`sessionDigest` text,
	`responseCodeDigest` text,
	`pageDigest` text NOT NULL,
	`presented` text,
	`evidence` text,
	`credentialId` text,
	`remote` text,
	`callbackDigest` text,
	`expiresAt` text NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`updatedAt` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `presentation_requests_key` ON `presentation_requests` (`idempotencyKey`);
--> statement-breakpoint
CREATE UNIQUE INDEX `presentation_requests_state` ON `presentation_requests` (`stateDigest`);
--> statement-breakpoint
CREATE UNIQUE INDEX `presentation_requests_code` ON `presentation_requests` (`responseCodeDigest`);
--> statement-breakpoint
CREATE INDEX `presentation_requests_created` ON `presentation_requests` (`createdAt`,`id`);
--> statement-breakpoint
CREATE INDEX `presentation_requests_expires` ON `presentation_requests` (`expiresAt`);
--> statement-breakpoint
CREATE INDEX `presentation_requests_credential` ON `presentation_requests` (`credentialId`);
--> statement-breakpoint
CREATE TABLE `spent_nonces` (
	`digest` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL
);

--> statement-breakpoint
CREATE INDEX `spent_nonces_until` ON `spent_nonces` (`until`);
--> statement-breakpoint
CREATE TABLE `status_lists` (
	`id` integer PRIMARY KEY NOT NULL,
	`used` integer NOT NULL,
	`version` integer NOT NULL,
	`token` text,
	`tokenVersion` integer,
	`tokenUntil` text,
	`createdAt` text NOT NULL
);

--> statement-breakpoint
CREATE TABLE `trusted_issuers` (
	`id` text PRIMARY KEY NOT NULL,
	`idempotencyKey` text NOT NULL,
	`fingerprint` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`types` text NOT NULL,
	`createdAt` text NOT NULL,
	`createdBy` text NOT NULL,
	`version` integer NOT NULL
);

--> statement-breakpoint
CREATE UNIQUE INDEX `trusted_issuers_key` ON `trusted_issuers` (`idempotencyKey`);
--> statement-breakpoint
CREATE INDEX `trusted_issuers_created` ON `trusted_issuers` (`createdAt`,`id`);
--> statement-breakpoint
ALTER TABLE `approvals` ADD `presentationId` text;
