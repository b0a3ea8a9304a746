ALTER TABLE `freezes` ADD `lifts_needed` integer;
