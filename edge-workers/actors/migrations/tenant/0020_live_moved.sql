ALTER TABLE `main_looks` ADD `liveMoved` text;
