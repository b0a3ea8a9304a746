CREATE TABLE `main_looks` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`mainSha` text NOT NULL,
	`commits` text NOT NULL,
	`files` text NOT NULL,
	`complete` integer NOT NULL
);

