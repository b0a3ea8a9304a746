CREATE INDEX `places_region` ON `places` (`kind`,"value" ->> '$.region');
