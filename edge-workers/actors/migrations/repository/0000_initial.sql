CREATE TABLE `writes` (
	`minute` integer PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);

