CREATE TABLE `heard` (
	`cluster` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`state` text NOT NULL
);

