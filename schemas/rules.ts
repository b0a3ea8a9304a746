// The rules a plan is held against: id, severity, what it says, how to get out. /rules/{id} is this table.
// `block` stops a change with 422 before anything is written; `warn` and `info` are shown to the approver.

export type Severity = 'block' | 'warn' | 'info'

export interface Rule {
  severity: Severity
  title: string
  why: string
  fix: string
}

const table = {
  'SITE-UNKNOWN': [
    'block',
    'The site does not exist or is not yours to use',
    'Every VM needs a place the inventory knows.',
    'List /v1/sites and name one of them.',
  ],
  'CLUSTER-UNKNOWN': [
    'block',
    'No such cluster',
    'Manifests are rendered to a cluster that an engine follows.',
    'List /v1/clusters and name one of them.',
  ],
  'TENANT-BASE': [
    'block',
    'The tenant has no base on this cluster yet',
    'Objects need the tenant’s namespace, quota and default-deny network policy first.',
    'Request the template tenant-base for this cluster, then repeat.',
  ],
  'CLUSTER-OWNER': [
    'block',
    'The cluster is not the tenant’s own',
    'A chart with cluster-wide parts can touch every tenant of a cluster; only its owner may install one.',
    'Name a cluster of your own, or have an operator set you as the owner.',
  ],
  'SYSTEM-UNKNOWN': [
    'block',
    'No such system',
    'A rollout follows the phases of a system that the catalogue has.',
    'List /v1/templates and name a system.',
  ],
  'SYSTEM-UNIQUE': [
    'block',
    'The system is already being rolled out, or stands',
    'Two rollouts of one system would make the same things twice.',
    'Follow the rollout there is. Abort one that is not done; resume one that is done to have again what was deleted.',
  ],
  'SYSTEM-PREREQUISITE': [
    'block',
    'A system that this one stands on is missing or not healthy',
    'Its machines, clusters or services would have nothing to run on.',
    'Roll out the system named and wait until it is done, then ask again.',
  ],
  'TEMPLATE-VERSION': [
    'block',
    'This version of the template is not published',
    'A resource is made and kept by a version that the catalogue has.',
    'Leave the version out, or name one of those at /v1/templates/{name}.',
  ],
  'BASE-VERSION': [
    'block',
    'The tenant’s base is too old for this',
    'The engine may manage only the kinds that the base’s version knows.',
    'Update the resource of template tenant-base with the newest version, then repeat.',
  ],
  'SYSTEM-GUESTS': [
    'warn',
    'The guests of this system will not fit beside it',
    'Its source counts machines with it that another system asks for later, on the same hosts.',
    'Have an operator add hosts before that system is asked for.',
  ],
  'SYSTEM-PLACEHOLDER': [
    'warn',
    'Parameters still have made-up values',
    'Names under .example, ids of zeros and the like lead nowhere: what is rendered with them works on a laptop only.',
    'Give the parameters named values of your own.',
  ],
  'ROLLOUT-ONLY': [
    'block',
    'A phase is opened by its rollout',
    'Outside its rollout a phase would come before what it stands on.',
    'POST /v1/tenants/{tenant}/rollouts with the system.',
  ],
  'TASK-ORDER': [
    'block',
    'A task that comes first is not done',
    'What is reported must be in the order in which it can have happened.',
    'See `waitsOn` of the phase: what it waits on comes first.',
  ],
  CAPACITY: [
    'block',
    'The hosts cannot hold this',
    'Memory is never overcommitted, CPU by the host’s factor only, and a reserve stays free.',
    'Ask for less, name another site, or have an operator make the site’s hosts larger or add one.',
  ],
  QUOTA: [
    'block',
    'The tenant’s quota is exceeded',
    'Used, reserved by open changes and asked for together must stay within the limit.',
    'Ask for less, delete something, or request a higher quota.',
  ],
  'NAMESPACE-QUOTA': [
    'block',
    'The quota of the tenant’s namespace is exceeded',
    'Beyond the quota of the tenant’s base the cluster refuses pods, and whoever waits for them waits for ever.',
    'Ask for less, or first raise `quota` of the template tenant-base on this cluster: update your base, or create it where the repository began with one.',
  ],
  'VMID-UNIQUE': [
    'block',
    'A Proxmox VM id is already taken',
    'Two VMs with one id would destroy each other.',
    'Name another first VM id.',
  ],
  'IP-UNIQUE': [
    'block',
    'An address is already taken or outside the network',
    'Two machines cannot share an address.',
    'Leave the addresses out to get free ones, or name free ones.',
  ],
  'NAME-UNIQUE': [
    'block',
    'The name is already in use',
    'A resource is found by its name.',
    'Choose another name, or send action update.',
  ],
  'RESOURCE-UNKNOWN': [
    'block',
    'No resource of this name',
    'Only something that exists can be updated or deleted.',
    'List /v1/tenants/{tenant}/resources.',
  ],
  'QBFT-SITE-LOSS': [
    'warn',
    'The loss of one place stops the chain',
    'QBFT needs two thirds of its validators (ceil(2n/3)); with two places one of them always holds too many.',
    'Add a third site and spread the validators so that each holds at most a third.',
  ],
  'QBFT-SITE-HOLDS': [
    'info',
    'The chain survives the loss of this place',
    'The validators elsewhere still make a quorum.',
    'Nothing to do.',
  ],
  'QBFT-VALIDATORS': [
    'block',
    'Too few validators',
    'Fewer than 4 validators tolerate no fault at all (Besu: minimum 4 for Byzantine fault tolerance).',
    'Ask for at least 4 validators.',
  ],
  'CHAIN-TIMING': [
    'block',
    'The request timeout is shorter than the block period',
    'Rounds would change before a block can be made.',
    'Set requestTimeoutSeconds to twice blockPeriodSeconds.',
  ],
  'CHAIN-IDENTITIES': [
    'block',
    'Node identities are missing or contradict each other',
    'The genesis names the validators’ addresses, and the allow-list every node’s public key.',
    'Give one identity (address and public key) per node, or configure a key service.',
  ],
  'CHAIN-IDENTITIES-SIMULATED': [
    'warn',
    'Node identities are simulated',
    'They come from marked throw-away keys that anyone can derive. Never use them for value.',
    'Configure a key service, or give identities made in your own vault.',
  ],
  'BESU-DISK': [
    'warn',
    'Disk is thin for Besu',
    'The plan’s source asks 200-500 GB per Besu node elsewhere; chain data only grows.',
    'Raise the disk of the Besu groups.',
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
  ],
  'HEALTH-UNSEEN': [
    'warn',
    'Whether this is healthy stays unseen',
    'Flux cannot read the status of a Rollout, so a change counts as done as soon as it is applied.',
    'Look at the Rollout itself, or use a cluster with Argo CD.',
  ],
  'VM-TEMPLATE': [
    'block',
    'A machine has no template to be cloned from',
    'Local storage ties a template to its host, and a clone stays where its template is.',
    'Name a template on each host, or sites whose hosts share their storage.',
  ],
  'WAF-DETECTION': [
    'warn',
    'The web application firewall only watches',
    'In detection mode an attack is logged and still reaches the backend.',
    'Set its mode to Prevention once the logs show no false alarms.',
  ],
  'HOST-LOSS': [
    'warn',
    'The rest cannot take over a lost host',
    'With one host lost, the machines on it have nowhere to go.',
    'Add a host or leave room.',
  ],
  'DERIVED-SPLIT': [
    'info',
    'Sizes per machine are derived, not in the source',
    'The source gives totals only (72 cores, 140 GiB, 278 GiB); the split is ours.',
    'Give your own sizes in groups.',
  ],
  'QUORUM-HOSTS': [
    'warn',
    'Two hosts have no quorum of their own',
    'A two-node Proxmox cluster stops when one node is lost, unless a QDevice votes.',
    'Add a QDevice or a third node.',
  ],
  'ALERTS-UNHEARD': [
    'warn',
    'Nobody is told of alerts',
    'An alert that only a dashboard shows is seen after the users have called.',
    'Name a mail address or a web hook.',
  ],
  UNPRICED: [
    'info',
    'The cost is unknown',
    'No price book covers this; an unknown price is not 0.',
    'Have an operator add a price book.',
  ],
  DESTROYS: [
    'warn',
    'This destroys things',
    'Removal cannot be undone from Git alone once an engine has pruned.',
    'Read the destroy list.',
  ],
  'GUARDS-LIFTED': [
    'warn',
    'Prune guards are lifted',
    'After this change the engines may delete the objects named; the files themselves go with a second pull request.',
    'Approve only if the destroy list is what you want gone.',
  ],
  'SECRET-PLAINTEXT': [
    'block',
    'Something that looks like a secret',
    'A secret in Git stays in its history for ever.',
    'Put the value into the vault and give a reference.',
  ],
  'OWN-PATHS': [
    'block',
    'A file outside the change’s own paths',
    'A change may write only below its own directories.',
    'This is a defect of the template: report it.',
  ],
  'MANIFEST-SHAPE': [
    'block',
    'A rendered object does not have its kind’s shape',
    'The engines would refuse it.',
    'This is a defect of the template: report it.',
  ],
  'TENANT-SCOPE': [
    'block',
    'An object outside the tenant’s scope',
    'A tenant’s objects stay in the tenant’s own namespace.',
    'This is a defect of the template: report it.',
  ],
  'PRUNE-GUARD': [
    'block',
    'A stateful object without its guard',
    'One wrong commit must not delete data.',
    'This is a defect of the template: report it.',
  ],
  'SIZE-LIMIT': [
    'block',
    'The change is too large to review',
    'A pull request shows at most 300 files.',
    'Split the request.',
  ],
} as const satisfies Record<string, readonly [Severity, string, string, string]>

export type RuleId = keyof typeof table

export const rules: Record<RuleId, Rule> = Object.fromEntries(
  Object.entries(table).map(([id, [severity, title, why, fix]]) => [
    id,
    { severity, title, why, fix },
  ]),
) as Record<RuleId, Rule>

export const isRuleId = (id: string): id is RuleId => Object.hasOwn(table, id)
