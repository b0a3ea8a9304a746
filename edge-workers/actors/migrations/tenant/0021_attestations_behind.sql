ALTER TABLE `attestations` ADD `behind` text DEFAULT '[]' NOT NULL;
