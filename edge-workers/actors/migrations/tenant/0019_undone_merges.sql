ALTER TABLE `changes` ADD `undoneSha` text;
