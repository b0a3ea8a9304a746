ALTER TABLE `freeze_lifts` ADD `behind` text DEFAULT '[]' NOT NULL;
