ALTER TABLE `presentation_requests` ADD `callerDigest` text;
