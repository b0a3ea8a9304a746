// What people do before dbis_core is trusted: residency, encryption, audit, tests, and the central banks' tenants.
import {
  Accepted,
  AuditPassed,
  Encrypted,
  PartnersAnswer,
  RegionsReady,
  Restored,
  RolledBack,
  TenantsMade,
  WhereReplicasStand,
} from '../../../schemas/tasks/dbis-core.ts'
import { storeSecret } from './infrastructure.ts'
import { namesOf } from './names.ts'
import { type DbisCoreTask, SCOPE } from './tasks.ts'

const AUDITOR = 'the auditor'
const TESTERS = 'the test lead'

const OFFICER = 'the data protection officer'

export const regionTasks: DbisCoreTask[] = [
  {
    id: 'regions',
    title: 'Decide on the regions, and make the second one ready',
    owner: OFFICER,
    when: 'before',
    after: [],
    inputs: RegionsReady,
    steps: ({ name, parameters: { residency, backup, secondRegion } }) =>
      secondRegion
        ? [
            `Decide that data may stand in ${residency.primary} and in ${secondRegion.jurisdiction}.`,
            `On ${secondRegion.cluster} there are the operators, and a tenant base with room for its database, instances: ${secondRegion.instances}.`,
            `The vault ${secondRegion.vault} has ${[
              ...storeSecret(backup.store, `${name}-backup`).keys,
              ...storeSecret(secondRegion.backup.store, `${name}-backup-second`).keys,
            ]
              .map(({ vaultSecret }) => vaultSecret)
              .join(', ')}.`,
            'Report both regions with their jurisdictions, and the secrets’ names.',
          ]
        : [
            `Decide that all data stands in ${residency.primary}, or name secondRegion first.`,
            'Report the one region with its jurisdiction, and no secrets.',
          ],
    source: `${SCOPE}, critical path 3`,
  },
  {
    id: 'residency',
    title: 'Confirm where every replica stands',
    owner: OFFICER,
    when: 'after',
    after: [],
    inputs: WhereReplicasStand,
    steps: ({ name, parameters: { residency, secondRegion } }) => {
      const { database, secondDatabase } = namesOf(name)
      const refused = residency.refused.join(', ') || 'none'
      return [
        `\`kubectl cnpg status ${database}\` and \`kubectl get nodes -L topology.kubernetes.io/region\`: each instance stands in ${residency.primary}.`,
        secondRegion
          ? `On ${secondRegion.cluster}, \`kubectl cnpg status ${secondDatabase}\` shows a designated primary that replays; it stands in ${secondRegion.jurisdiction}.`
          : 'No second region was asked for: report the instances of the first.',
        `Refused jurisdictions: ${refused}. Volumes, backups and archives count like replicas.`,
        'Report each instance with role, region, jurisdiction and lag: `SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())` while writes go on.',
      ]
    },
    source: `${SCOPE}, critical path 3`,
  },
]

export const auditTasks: DbisCoreTask[] = [
  {
    id: 'tls',
    title: 'Confirm that every connection is encrypted',
    owner: AUDITOR,
    when: 'before',
    after: [],
    inputs: Encrypted,
    steps: ({ name, parameters: { domain } }) => [
      `\`openssl s_client -connect ${domain}:443 -tls1_1\` is refused, \`-tls1_2\` is answered.`,
      `\`psql "host=${namesOf(name).database}-rw sslmode=disable"\` from the namespace is refused.`,
      `The cache speaks no TLS: confirm that nodes encrypt what they send one another, for instance \`cilium encrypt status\`.`,
      'Report the lowest protocol for clients, database, cache, documents and HSM.',
    ],
    source: `${SCOPE}, security`,
  },
  {
    id: 'security-audit',
    title: 'Complete the security audit and the compliance review',
    owner: AUDITOR,
    when: 'before',
    after: ['tls'],
    inputs: AuditPassed,
    steps: () => [
      'Audit the commit that is deployed, its image and its configuration; have the findings fixed.',
      'Have compliance reviewed against the rules of each jurisdiction that is served.',
      'Report the commit, the digests of both reports, and that no critical finding is open.',
    ],
    source: `${SCOPE}, critical path 4`,
  },
]

const test = (task: Pick<DbisCoreTask, 'id' | 'title' | 'inputs' | 'steps'>): DbisCoreTask => ({
  owner: TESTERS,
  when: 'before',
  after: [],
  source: `${SCOPE}, testing and validation`,
  ...task,
})

export const testTasks: DbisCoreTask[] = [
  test({
    id: 'partners',
    title: 'Test with every partner',
    inputs: PartnersAnswer,
    steps: ({ parameters: { partners } }) => [
      `Gates are open to: ${partners.map(({ name, port }) => `${name} (${port})`).join(', ') || 'nobody yet; add partners and update the phase infrastructure'}.`,
      'Run the suites for ISO 20022 messages, FX, CBDC and compliance against the partners’ test systems.',
      'Report for each its endpoint, and how many cases passed; none may fail.',
    ],
  }),
  test({
    id: 'restore',
    title: 'Restore the database from its backups',
    inputs: Restored,
    steps: ({ name }) => [
      `Note the time and play a failure of ${namesOf(name).database} in a copy of the system.`,
      'Restore by `bootstrap.recovery` from the archive into a new cluster, to the latest moment.',
      'Report backup, moment of the failure, last commit that came back, and minutes taken.',
    ],
  }),
  test({
    id: 'rollback',
    title: 'Roll a version back',
    inputs: RolledBack,
    steps: ({ name }) => [
      `\`kubectl argo rollouts undo ${namesOf(name).application}\`, then promote; the old pods are still there for five minutes.`,
      'Report both pod-template hashes and the seconds between command and switch.',
    ],
  }),
  {
    ...test({
      id: 'acceptance',
      title: 'Test the load and accept the system',
      inputs: Accepted,
      steps: ({ parameters: { domain } }) => [
        `Load https://${domain} with the expected peak for an hour.`,
        'Report the digest of the report, requests per second, the 95th percentile and the share of errors.',
      ],
    }),
    after: ['partners', 'restore', 'rollback'],
  },
  {
    ...test({
      id: 'central-banks',
      title: 'Make the central banks’ tenants',
      inputs: TenantsMade,
      steps: ({ parameters: { centralBanks } }) => [
        centralBanks.length === 0
          ? 'No central bank is named in centralBanks: report none, or name them first.'
          : `Send each of the ${centralBanks.length} requests of the document tenants to \`POST /v1/tenants\`.`,
        'Report the ids of the tenants; each shows its jurisdiction.',
      ],
    }),
    owner: 'the platform operator',
    after: ['acceptance'],
    source: `${SCOPE}, project overview`,
  },
]
