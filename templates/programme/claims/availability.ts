// Quorum, failure domains, backups and recovery: what the source promises against what its parts can keep.
import { byzantineTolerance, leastSites, MIN_VALIDATORS, surviving } from '../../../schemas/qbft.ts'
import { rowOf, type Sources } from '../sources.ts'
import { one, type SourceClaim } from './parts.ts'

const ON_HOSTS = ['loc_az_hci', 'sankofa', 'smom-dbis-138']
const ARCHITECTURE = 'System Architecture, disaster recovery'

/** The /24 of an address. */
const networkOf = (address: string): string => address.split('.').slice(0, 3).join('.')
const networks = ({ said }: Sources): number => new Set(said.availability.sites.map(networkOf)).size

const hosts = (all: Sources): number => rowOf(all, 'loc_az_hci', 'proxmox-host')?.count.least ?? 0

export const availabilityClaims: SourceClaim[] = [
  {
    id: 'loc_az_hci/quorum',
    rule: 'AVAILABILITY-QUORUM',
    systems: ON_HOSTS,
    what: 'Two Proxmox nodes have no quorum when one is lost, without a QDevice',
    // Of v votes a majority is floor(v / 2) + 1: two votes need both, three stand the loss of one.
    holds: [one('/said/availability/qDevices', (all) => (hosts(all) === 2 ? 1 : 0), '>=')],
    more: (all, { declared = 0 }) => {
      const votes = hosts(all) + declared
      return { hosts: hosts(all), votesLeft: votes - 1, majority: Math.floor(votes / 2) + 1 }
    },
    says: '{hosts} Proxmox hosts and {declared} QDevices, {computed} needed ({difference}): the loss of one leaves {votesLeft} of the {majority} votes that are a majority.',
    fix: 'Add a QDevice outside both hosts, or a third host.',
    source: 'Deployment Requirements Scope, section 3, physical infrastructure',
  },
  {
    id: 'programme/site-network',
    rule: 'FAILURE-DOMAIN',
    systems: ON_HOSTS,
    what: 'Both sites are in 192.168.11.0/24',
    holds: [one('/said/availability/sites', networks)],
    says: '{declared} sites are in {computed} network ({difference}), by the /24 of their addresses: what stops it stops both.',
    fix: 'Give each site a network of its own, or call them two hosts of one site.',
    source: 'Deployment Requirements Scope, sections 2 and 4',
  },
  {
    id: 'programme/site-storage',
    rule: 'FAILURE-DOMAIN',
    systems: ON_HOSTS,
    what: 'Local storage (local-lvm) on both sites: no live migration',
    holds: [
      one(
        '/said/availability/sharedPools',
        (all) => (all.said.availability.sites.length > 1 ? 1 : 0),
        '>=',
      ),
    ],
    says: '{declared} storage pools are reached from both sites, {computed} is needed ({difference}): with local-lvm no machine moves, and none restarts elsewhere.',
    fix: 'Add shared storage, or let the application keep copies on both sites.',
    source: 'Deployment Requirements Scope, section 4, edge sites',
  },
  {
    id: 'smom-dbis-138/validators',
    rule: 'QUORUM-VALIDATORS',
    systems: ['smom-dbis-138'],
    what: '3+ validators tolerate no faulty one',
    holds: [one('/said/stated/validators', () => MIN_VALIDATORS, '>=')],
    more: (_all, { declared = 0 }) => ({ faulty: byzantineTolerance(declared) }),
    says: 'The source asks for {declared} validators or more, of which {faulty} may be faulty; {computed} are the least that tolerate one ({difference}).',
    fix: 'Ask for {computed} validators or more.',
    source: 'Deployment Requirements Scope, resource requirements summary',
  },
  {
    id: 'smom-dbis-138/sites',
    rule: 'AVAILABILITY-QUORUM',
    systems: ['smom-dbis-138'],
    what: 'Two sites survive no loss of a site, at any number of validators',
    holds: [one('/said/availability/sites', leastSites, '>=')],
    says: `{declared} sites: under QBFT no number of validators survives the loss of one. At least {computed} sites are needed ({difference}), with ${surviving(leastSites(), 12).join(', ')} validators spread evenly.`,
    fix: 'Add a third site.',
    source: 'Deployment Requirements Scope, section 2, deployment orchestration',
  },
  {
    id: 'programme/rpo',
    rule: 'RPO-BACKUP',
    systems: ['dbis_core', 'sankofa'],
    what: 'Hourly incremental backup against an RPO under 15 minutes',
    holds: [
      one('/said/availability/backupMinutes', (all) => all.said.availability.rpoMinutes, '<='),
    ],
    says: 'Backups are {declared} minutes apart, and less than {computed} minutes may be lost ({difference}).',
    fix: 'Archive the log as it is written: the template postgres does, at the latest every five minutes.',
    source: `Deployment Requirements Scope, section 1; ${ARCHITECTURE}`,
  },
  {
    id: 'programme/rto',
    rule: 'RTO-APPROVAL',
    systems: ['sankofa'],
    what: 'RTO under 4 hours for core, with manual approval by governance',
    holds: [
      one(
        '/said/availability/manualStepsWithLimit',
        (all) => all.said.availability.manualSteps,
        '>=',
      ),
    ],
    more: (all) => ({ rtoHours: all.said.availability.rtoHoursCore }),
    says: 'A core datacentre is to be back in under {rtoHours} hours, after {computed} approval by hand, of which {declared} has a limit in time ({difference}).',
    fix: 'Give the approval a limit and deputies.',
    source: ARCHITECTURE,
  },
]
