// Where things and their copies may be.
import type { RuleTable } from '../rule.ts'

export const residencyRules = {
  'REGION-ALLOWED': [
    'block',
    'A place where this may not be',
    'Where data may be holds for its copies, backups, images, logs and keys as it does for the thing itself.',
    'Name a place inside the jurisdictions that the tenant allows and the system does not deny, or have an operator widen `residency` of the tenant. A geo-redundant copy is always in the paired region: choose a location with a pair inside, or no such copy.',
    {
      arithmetic:
        '{denied} of {places} places of this plan are outside the {allowed} jurisdictions that both tenant and system allow',
    },
  ],
  'REGION-SETTINGS': [
    'block',
    'A place that the tenant’s owners have not allowed',
    'The owners named the regions in which anything of the tenant may be; copies, backups and keys are part of it.',
    'Name a place in one of the allowed regions, or have an owner add the region in the settings of the tenant.',
    {
      arithmetic:
        '{outside} of {places} places of this plan are outside the {regions} regions that the owners allow',
    },
  ],
  'RESIDENCY-UNKNOWN': [
    'warn',
    'Nobody can say where something would be',
    'A place that the catalogue does not know may be anywhere, so no rule can vouch for it.',
    'Name a region that the catalogue has, have an operator add the region, or find out where it is before you approve.',
    { arithmetic: '{unknown} of {places} places of this plan are in no jurisdiction that we know' },
  ],
  'RESIDENCY-UNPROVED': [
    'block',
    'Nothing proves that data stay outside the denied jurisdiction',
    'The system denies a jurisdiction. An address that gives no place away, or that only a Secret knows, may well be there.',
    'Name an address that says its region, or one inside the cluster (ending in .svc). Where you know the place: have an exception approved that says how you know.',
    {
      arithmetic: '{unproved} places for data, logs or backups are unproved: 0 may be',
      excusable: true,
    },
  ],
  'RESIDENCY-GLOBAL': [
    'info',
    'Something has no place',
    'Public DNS is answered from everywhere: what is in it is public, and in no jurisdiction.',
    'Put no names there that say more than they should.',
    { arithmetic: '{global} of {places} places of this plan are everywhere' },
  ],
  'RESIDENCY-FORGE': [
    'warn',
    'Where the forge keeps the repository is not known',
    'Manifests, plans and the names in them are in Git; a system that denies a jurisdiction denies it for them too.',
    'Have the forge’s provider confirm where the repository is kept, or use a forge inside.',
  ],
  'RESIDENCY-CONTROL-PLANE': [
    'block',
    'Phoenix’ own rows would be where this may not be',
    'Parameters, plans and events of this change are kept in the tenant’s own jurisdiction.',
    'Ask for it as a tenant of a jurisdiction that the system does not deny.',
  ],
} as const satisfies RuleTable
