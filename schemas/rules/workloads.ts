// What only a template knows of what it makes: chains, downloads, alerts.
import type { RuleTable } from '../rule.ts'

export const workloadsRules = {
  'QBFT-SITE-LOSS': [
    'warn',
    'The loss of one place stops the chain',
    'QBFT needs two thirds of its validators (ceil(2n/3)); with two places one of them always holds too many.',
    'Add a third site and spread the validators so that each holds at most a third.',
    { arithmetic: '{left} left of {validators} < {needed} needed, ceil(2 x {validators} / 3)' },
  ],
  'QBFT-SITE-HOLDS': [
    'info',
    'The chain survives the loss of this place',
    'The validators elsewhere still make a quorum.',
    'Nothing to do.',
    { arithmetic: '{left} left of {validators} >= {needed} needed, ceil(2 x {validators} / 3)' },
  ],
  'QBFT-QUORUM': [
    'info',
    'What makes a quorum of these validators',
    'QBFT makes a block with ceil(2n/3) validators, and stands floor((n - 1) / 3) that lie.',
    'Nothing to do; choose another number of validators if the table says so.',
    {
      arithmetic:
        'quorum: ceil(2 x {validators} / 3) = {quorum}; f: floor(({validators} - 1) / 3) = {faulty}; may stop: {validators} - {quorum} = {mayStop}',
    },
  ],
  'QBFT-SITES': [
    'info',
    'Which numbers of validators survive the loss of a site',
    'A site may hold at most as many validators as may stop: with two sites one always holds more.',
    'Name three sites and a multiple of three validators, or four sites.',
    {
      arithmetic:
        'largest share: ceil({validators} / {sites}) = {largestShare}, against {mayStop} that may stop',
    },
  ],
  'QBFT-VALIDATORS': [
    'block',
    'Too few validators',
    'Fewer than 4 validators tolerate no fault at all (Besu: minimum 4 for Byzantine fault tolerance).',
    'Ask for at least 4 validators.',
    { arithmetic: '{validators} < {atLeast}' },
  ],
  'CHAIN-TIMING': [
    'block',
    'The request timeout is shorter than the block period',
    'Rounds would change before a block can be made.',
    'Set requestTimeoutSeconds to twice blockPeriodSeconds.',
    { arithmetic: '{requestTimeoutSeconds} s < {blockPeriodSeconds} s' },
  ],
  'CHAIN-IDENTITIES': [
    'block',
    'Node identities are missing or contradict each other',
    'The genesis names the validators’ addresses, and the allow-list every node’s public key.',
    'Give one identity (address and public key) per node, or configure a key service.',
    {
      arithmetic:
        '{missing} missing + {unknown} for no node + {repeated} repeated > 0, for {nodes} nodes',
    },
  ],
  'CHAIN-IDENTITIES-SIMULATED': [
    'warn',
    'Node identities are simulated',
    'They come from marked throw-away keys that anyone can derive. Never use them for value.',
    'Configure a key service, or give identities made in your own vault.',
    { arithmetic: '{simulated} of {identities} identities > 0' },
  ],
  'BESU-DISK': [
    'warn',
    'Disk is thin for Besu',
    'The plan’s source asks 200-500 GB per Besu node elsewhere; chain data only grows.',
    'Raise the disk of the Besu groups.',
    {
      arithmetic:
        '{diskGiB} GiB / {machines} machines = {averageGiB} GiB each; elsewhere the source asks {leastGB} to {mostGB} GB',
    },
  ],
  'BESU-CHECKSUM': [
    'warn',
    'No SHA-256 for the Besu archive',
    'The nodes refuse to install an archive they cannot check, so they will wait.',
    'Give besu.sha256 from the release page.',
  ],
  'DOWNLOAD-CHECKSUM': [
    'warn',
    'No SHA-256 for what the machine downloads',
    'Machines refuse to install a file they cannot check, so the service will not start.',
    'Give the SHA-256 from the release page.',
  ],
  'SINGLE-INSTANCE': [
    'warn',
    'A role has a single machine',
    'Its loss is an outage of that role.',
    'Ask for two, on different hosts.',
    { arithmetic: '1 machine in each of {roles} roles' },
  ],
  'HEALTH-UNSEEN': [
    'warn',
    'Whether this is healthy stays unseen',
    'Flux cannot read the status of a Rollout, so a change counts as done as soon as it is applied.',
    'Look at the Rollout itself, or use a cluster with Argo CD.',
  ],
  'WAF-DETECTION': [
    'warn',
    'The web application firewall only watches',
    'In detection mode an attack is logged and still reaches the backend.',
    'Set its mode to Prevention once the logs show no false alarms.',
  ],
  'DERIVED-SPLIT': [
    'info',
    'Sizes per machine are derived, not in the source',
    'The source gives totals only (72 cores, 140 GiB, 278 GiB); the split is ours.',
    'Give your own sizes in groups.',
  ],
  'ALERTS-UNHEARD': [
    'warn',
    'Nobody is told of alerts',
    'An alert that only a dashboard shows is seen after the users have called.',
    'Name a mail address or a web hook.',
  ],
} as const satisfies RuleTable
