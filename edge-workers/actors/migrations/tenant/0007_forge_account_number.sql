ALTER TABLE `forge_accounts` ADD `account` integer;
