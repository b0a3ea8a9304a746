CREATE TABLE `footholds` (
	`place` text NOT NULL,
	`resource` text NOT NULL,
	`changeId` text NOT NULL
);

--> statement-breakpoint
CREATE INDEX `footholds_place` ON `footholds` (`place`);
--> statement-breakpoint
CREATE INDEX `footholds_owner` ON `footholds` (`changeId`,`resource`);
--> statement-breakpoint
CREATE TABLE `machines` (
	`resource` text NOT NULL,
	`changeId` text NOT NULL,
	`name` text NOT NULL,
	`cores` integer NOT NULL,
	`memoryMiB` integer NOT NULL,
	`diskGiB` integer NOT NULL,
	`vmId` integer NOT NULL,
	`address` text NOT NULL
);

--> statement-breakpoint
CREATE INDEX `machines_name` ON `machines` (`name`);
--> statement-breakpoint
CREATE INDEX `machines_owner` ON `machines` (`changeId`,`resource`);
--> statement-breakpoint
CREATE INDEX `resources_template` ON `resources` (`template`);
--> statement-breakpoint
CREATE INDEX `rollouts_name` ON `rollouts` (`name`);
--> statement-breakpoint
CREATE TRIGGER `resources_written` AFTER INSERT ON `resources` WHEN NEW.`state` <> 'removed' BEGIN
	INSERT INTO `machines` SELECT NEW.`name`, '', m.value ->> '$.name', m.value ->> '$.cores', m.value ->> '$.memoryMiB', m.value ->> '$.diskGiB', m.value ->> '$.vmId', m.value ->> '$.address' FROM json_each(NEW.`placement`) m;
	INSERT INTO `footholds` SELECT place, NEW.`name`, '' FROM (
		SELECT NEW.`cluster` AS place
		UNION SELECT CASE WHEN path LIKE 'rendered/%/%' OR path LIKE 'clusters/%/%' THEN substr(path, 10, instr(substr(path, 10), '/') - 1) ELSE path END FROM (SELECT f.value ->> '$.path' AS path FROM json_each(NEW.`stands`) f)
	) WHERE place <> '';
END;
--> statement-breakpoint
CREATE TRIGGER `resources_rewritten` AFTER UPDATE OF `state`, `cluster`, `placement`, `stands` ON `resources` BEGIN
	DELETE FROM `machines` WHERE `changeId` = '' AND `resource` = OLD.`name`;
	DELETE FROM `footholds` WHERE `changeId` = '' AND `resource` = OLD.`name`;
	INSERT INTO `machines` SELECT NEW.`name`, '', m.value ->> '$.name', m.value ->> '$.cores', m.value ->> '$.memoryMiB', m.value ->> '$.diskGiB', m.value ->> '$.vmId', m.value ->> '$.address' FROM json_each(NEW.`placement`) m WHERE NEW.`state` <> 'removed';
	INSERT INTO `footholds` SELECT place, NEW.`name`, '' FROM (
		SELECT NEW.`cluster` AS place
		UNION SELECT CASE WHEN path LIKE 'rendered/%/%' OR path LIKE 'clusters/%/%' THEN substr(path, 10, instr(substr(path, 10), '/') - 1) ELSE path END FROM (SELECT f.value ->> '$.path' AS path FROM json_each(NEW.`stands`) f)
	) WHERE place <> '' AND NEW.`state` <> 'removed';
END;
--> statement-breakpoint
CREATE TRIGGER `resources_deleted` AFTER DELETE ON `resources` BEGIN
	DELETE FROM `machines` WHERE `changeId` = '' AND `resource` = OLD.`name`;
	DELETE FROM `footholds` WHERE `changeId` = '' AND `resource` = OLD.`name`;
END;
--> statement-breakpoint
CREATE VIEW `open_plans` AS SELECT c.`id` AS changeId, c.`name` AS resource, c.`request` ->> '$.action' AS action, p.`plan` AS plan, p.`stands` AS stands FROM `changes` c JOIN `plans` p ON p.`changeId` = c.`id` AND p.`revision` = c.`revision` WHERE c.`state` IN ('accepted', 'proposed', 'approved', 'merged');
--> statement-breakpoint
CREATE VIEW `open_machines` AS SELECT o.resource, o.changeId, m.value ->> '$.name' AS name, m.value ->> '$.cores' AS cores, m.value ->> '$.memoryMiB' AS memoryMiB, m.value ->> '$.diskGiB' AS diskGiB, m.value ->> '$.vmId' AS vmId, m.value ->> '$.address' AS address FROM `open_plans` o, json_each(o.plan, '$.placement') m WHERE o.action <> 'delete';
--> statement-breakpoint
CREATE VIEW `open_footholds` AS SELECT DISTINCT place, resource, changeId FROM (
	SELECT t.value ->> '$.cluster' AS place, o.resource, o.changeId FROM `open_plans` o, json_each(o.plan, '$.targets') t
	UNION ALL SELECT CASE WHEN path LIKE 'rendered/%/%' OR path LIKE 'clusters/%/%' THEN substr(path, 10, instr(substr(path, 10), '/') - 1) ELSE path END, resource, changeId FROM (SELECT f.value ->> '$.path' AS path, o.resource, o.changeId FROM `open_plans` o, json_each(o.stands) f)
) WHERE place <> '';
--> statement-breakpoint
CREATE TRIGGER `plans_written` AFTER INSERT ON `plans` BEGIN
	DELETE FROM `machines` WHERE `changeId` = NEW.`changeId`;
	DELETE FROM `footholds` WHERE `changeId` = NEW.`changeId`;
	INSERT INTO `machines` SELECT * FROM `open_machines` WHERE changeId = NEW.`changeId`;
	INSERT INTO `footholds` SELECT * FROM `open_footholds` WHERE changeId = NEW.`changeId`;
END;
--> statement-breakpoint
CREATE TRIGGER `changes_moved` AFTER UPDATE OF `state`, `revision` ON `changes` WHEN NEW.`state` <> OLD.`state` OR NEW.`revision` <> OLD.`revision` BEGIN
	DELETE FROM `machines` WHERE `changeId` = NEW.`id`;
	DELETE FROM `footholds` WHERE `changeId` = NEW.`id`;
	INSERT INTO `machines` SELECT * FROM `open_machines` WHERE changeId = NEW.`id`;
	INSERT INTO `footholds` SELECT * FROM `open_footholds` WHERE changeId = NEW.`id`;
END;
--> statement-breakpoint
UPDATE `resources` SET `state` = `state`;
--> statement-breakpoint
INSERT INTO `machines` SELECT * FROM `open_machines`;
--> statement-breakpoint
INSERT INTO `footholds` SELECT * FROM `open_footholds`;
