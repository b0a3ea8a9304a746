ALTER TABLE `credential_offers` ADD `askedAgainAt` text;
