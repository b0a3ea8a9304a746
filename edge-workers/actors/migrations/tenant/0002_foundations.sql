ALTER TABLE `tenant` ADD `foundations` text DEFAULT '[]' NOT NULL;
