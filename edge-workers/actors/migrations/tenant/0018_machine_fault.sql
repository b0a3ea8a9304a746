ALTER TABLE `arc_machines` ADD `fault` text;
