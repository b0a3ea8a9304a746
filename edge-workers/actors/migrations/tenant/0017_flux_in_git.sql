ALTER TABLE `flux_configurations` ADD `properties` text;
--> statement-breakpoint
ALTER TABLE `flux_configurations` ADD `commit` text;
--> statement-breakpoint
ALTER TABLE `flux_configurations` ADD `changeId` text;
