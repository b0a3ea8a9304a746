ALTER TABLE `rollouts` ADD `confirmed` text DEFAULT '[]' NOT NULL;
