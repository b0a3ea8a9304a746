CREATE TABLE `anchors` (
	`size` integer NOT NULL,
	`kind` text NOT NULL,
	`reference` text NOT NULL,
	`at` text NOT NULL,
	`independent` integer NOT NULL,
	PRIMARY KEY(`size`, `kind`)
);

--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`size` integer PRIMARY KEY NOT NULL,
	`root` text NOT NULL,
	`note` text NOT NULL,
	`at` text NOT NULL,
	`cosigned` integer NOT NULL,
	`commit` text
);

--> statement-breakpoint
CREATE TABLE `heads` (
	`tenantId` text PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`root` text NOT NULL,
	`at` text NOT NULL,
	`leafIndex` integer
);

--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`algorithm` text NOT NULL,
	`publicKey` text NOT NULL,
	`from` text NOT NULL,
	`until` text,
	`simulated` integer NOT NULL
);

--> statement-breakpoint
CREATE TABLE `leaves` (
	`index` integer PRIMARY KEY NOT NULL,
	`tenantId` text NOT NULL,
	`size` integer NOT NULL,
	`leaf` text NOT NULL,
	`hash` text NOT NULL
);

--> statement-breakpoint
CREATE INDEX `leaves_tenant` ON `leaves` (`tenantId`,`size`);
--> statement-breakpoint
CREATE TABLE `nodes` (
	`level` integer NOT NULL,
	`index` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`level`, `index`)
);

--> statement-breakpoint
CREATE TABLE `work` (
	`kind` text PRIMARY KEY NOT NULL,
	`dueAt` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lastError` text
);
--> statement-breakpoint
CREATE TRIGGER `leaves_no_update` BEFORE UPDATE ON `leaves` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `leaves_no_delete` BEFORE DELETE ON `leaves` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `nodes_no_update` BEFORE UPDATE ON `nodes` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;

--> statement-breakpoint
CREATE TRIGGER `nodes_no_delete` BEFORE DELETE ON `nodes` BEGIN
	SELECT RAISE(ABORT, 'the log is append-only');
END;
