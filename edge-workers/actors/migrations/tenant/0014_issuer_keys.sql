ALTER TABLE `issuer_keys` ADD `verifiesUntil` text;
--> statement-breakpoint
UPDATE `issuer_keys` SET `state` = 'previous', `sealed` = NULL, `retiredAt` = NULL, `verifiesUntil` = strftime('%Y-%m-%dT%H:%M:%fZ', max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), coalesce((SELECT max(`expiresAt`) FROM `credentials` WHERE `credentials`.`kid` = `issuer_keys`.`kid`), '')), '+1 day') WHERE `use` = 'sign' AND `state` <> 'current';
