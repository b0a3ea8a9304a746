// What people do for Sankofa Phoenix besides the platform's own steps: cluster, database, machines, GitOps, tenants.
// The platform's: tasks-platform.ts.
import type { SankofaParameters } from '../../../schemas/parameters/systems/sankofa.ts'
import type { Task } from '../../../schemas/system.ts'
import {
  AdminAssigned,
  ApplicationsSynced,
  BackedUp,
  BillingSet,
  ClusterReady,
  DriftHealed,
  Migrated,
  Monitored,
  RepositoryMade,
  Seeded,
  SystemTenant,
  TenantsIsolated,
  TunnelRoutes,
} from '../../../schemas/tasks/sankofa.ts'
import { DATABASE, hostnames } from './blocks.ts'

export type SankofaTask = Task<SankofaParameters>
export const SCOPE = 'Deployment Requirements Scope, section 4'
export const PLATFORM_OPERATOR = 'the platform operator'
const DATABASE_OPERATOR = 'the database operator'

export const clusterTasks: SankofaTask[] = [
  {
    id: 'cluster-ready',
    title: 'Confirm the Kubernetes cluster',
    owner: PLATFORM_OPERATOR,
    when: 'after',
    after: [],
    inputs: ClusterReady,
    steps: ({ name, parameters }) => [
      ...(parameters.kubernetes === 'dedicated'
        ? [
            `Fetch its access: \`clusterctl get kubeconfig ${name}-k8s -n $NAMESPACE > ${name}.kubeconfig\`, and keep the file out of Git.`,
          ]
        : []),
      '`kubectl get nodes -o wide` shows at least 3 control planes and 5 workers, all Ready, and the runtime.',
      'Every node that is to carry a database instance has room for it: `kubectl describe nodes`.',
      'To let it carry the platform, it must be registered with Phoenix and have the tenant’s base before the rollout is asked for: give it as workloadCluster.',
      'Report version, numbers of nodes, container runtime and network plugin.',
    ],
    source: `${SCOPE}, Kubernetes control plane`,
  },
]

export const databaseTasks: SankofaTask[] = [
  {
    id: 'migrations',
    title: 'Run the 26 migrations, multi-tenancy and billing among them',
    owner: DATABASE_OPERATOR,
    when: 'after',
    after: [],
    inputs: Migrated,
    steps: ({ name }) => [
      `\`kubectl -n $NAMESPACE port-forward service/${name}-${DATABASE}-rw 5432\`; user and password are in the Secret ${name}-${DATABASE}-app.`,
      'Run the migrations of the API’s release against it, once, and keep their log.',
      'Count what was applied in the table of migrations: 26.',
      '`psql -d sankofa -c "\\dt"` shows the tables of tenants and of billing; count both.',
      'Digest of the schema: `pg_dump --schema-only --no-owner --restrict-key=sankofa -d sankofa | sha256sum` (without that key every dump differs).',
      'Report the counts, the last migration and the digest.',
    ],
    source: `${SCOPE}, deployment phase 1 and critical path 1`,
  },
  {
    id: 'seed-data',
    title: 'Load the initial data',
    owner: DATABASE_OPERATOR,
    when: 'after',
    after: ['migrations'],
    inputs: Seeded,
    steps: () => [
      'Digest of the seed: `sha256sum seed.sql`, the one of the API’s release.',
      'Load it in one transaction: `psql -d sankofa -1 -v ON_ERROR_STOP=1 -f seed.sql`.',
      'Report the digest and how many rows were written.',
    ],
    source: `${SCOPE}, deployment phase 1`,
  },
  {
    id: 'first-backup',
    title: 'Confirm replicas, and restore the first backup',
    owner: DATABASE_OPERATOR,
    when: 'after',
    after: ['seed-data'],
    inputs: BackedUp,
    steps: ({ name }) => [
      `\`kubectl cnpg status ${name}-${DATABASE} -n $NAMESPACE\` shows a primary and its streaming replicas.`,
      `\`kubectl cnpg backup ${name}-${DATABASE} -n $NAMESPACE --method=plugin --plugin-name=barman-cloud.cloudnative-pg.io\`, then wait: \`kubectl get backups -n $NAMESPACE\`.`,
      'Restore it into a cluster of another name, compare the schema’s digest, and remove that cluster.',
      'Report the backup’s name, both times and the number of ready instances.',
    ],
    source: `${SCOPE}, database infrastructure (automated daily backups)`,
  },
]

export const machineTasks: SankofaTask[] = [
  {
    id: 'tunnel-routes',
    title: 'Lead the public names through the Cloudflare tunnel',
    owner: 'the network operator',
    when: 'after',
    after: [],
    inputs: TunnelRoutes,
    steps: ({ name, parameters: { domain } }) => [
      'Choose whose tunnel it is: this system’s machine, connectors in the cluster, or that of loc_az_hci.',
      ...[...hostnames(domain), `id.${domain}`].map(
        (hostname) => `\`cloudflared tunnel route dns $TUNNEL ${hostname}\``,
      ),
      `Keycloak ends its TLS itself: lead id.${domain} to https://${name}-identity-service.$NAMESPACE.svc:8443 with the origin’s name set to id.${domain}.`,
      `\`curl -sSI https://${domain}\` and the same for the others answer.`,
      'Report the tunnel’s id and the names.',
    ],
    source: `${SCOPE}, critical path 6`,
  },
  {
    id: 'monitoring-validated',
    title: 'Validate the monitoring',
    owner: PLATFORM_OPERATOR,
    when: 'after',
    after: ['tunnel-routes'],
    inputs: Monitored,
    steps: () => [
      'In Prometheus: `count(up == 1)`, and `count(up == 0)` is empty; what is down is repaired or taken off.',
      'In Grafana: logs of every node arrive in Loki.',
      'Send a test alert: `amtool alert add TestAlert severity=critical`; the person on call confirms it.',
      'Report both counts and when the alert arrived.',
    ],
    source: `${SCOPE}, deployment phase 3`,
  },
]

export const gitopsTasks: SankofaTask[] = [
  {
    id: 'repository',
    title: 'Make the repository of the platform’s applications',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: [],
    inputs: RepositoryMade,
    steps: () => [
      'Make it on the forge, with a protected main branch and reviews required.',
      'Give Argo CD a key that may only read it.',
      'Report its address and the commit of main.',
    ],
    source: `${SCOPE}, deployment phase 4`,
  },
  {
    id: 'applications',
    title: 'Configure the applications in Argo CD',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: ['repository'],
    inputs: ApplicationsSynced,
    steps: () => [
      'Each has a project of its own; the project default stays closed.',
      '`argocd app list -o json`: every application is Synced and Healthy.',
      'Report name, both states and revision of each.',
    ],
    source: `${SCOPE}, deployment phase 4`,
  },
  {
    id: 'sync-verified',
    title: 'Verify that drift is healed',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: ['applications'],
    inputs: DriftHealed,
    steps: ({ name }) => [
      `Change by hand what Git says: \`kubectl -n $NAMESPACE label service ${name}-portal app.kubernetes.io/managed-by=nobody --overwrite\`.`,
      'Wait until Argo CD has put it back: `kubectl -n $NAMESPACE get service --show-labels --watch`.',
      'Report the commit that stands, when it was changed and when it was healed.',
    ],
    source: `${SCOPE}, deployment phase 4`,
  },
]

const TENANT_ENGINEER = 'the tenancy engineer'
export const tenancyTasks: SankofaTask[] = [
  {
    id: 'system-tenant',
    title: 'Make the system tenant',
    owner: TENANT_ENGINEER,
    when: 'before',
    after: [],
    inputs: SystemTenant,
    steps: ({ parameters: { domain } }) => [
      `With the API at https://api.${domain}: make the tenant to which the platform itself belongs.`,
      'Report its id and its short name.',
    ],
    source: `${SCOPE}, deployment phase 5 and critical path 4`,
  },
  {
    id: 'admin-user',
    title: 'Assign the administrator',
    owner: 'the security officer',
    when: 'before',
    after: ['system-tenant'],
    inputs: AdminAssigned,
    steps: ({ parameters: { domain } }) => [
      `At https://id.${domain}, realm sankofa: make the user, with a second factor, and give it the role system-admin.`,
      'Remove the first administrator of the realm master, or put its password into the vault.',
      'Report the user’s id, its role and the kind of second factor.',
    ],
    source: `${SCOPE}, deployment phase 5`,
  },
  {
    id: 'billing',
    title: 'Configure billing',
    owner: 'the billing owner',
    when: 'before',
    after: ['system-tenant'],
    inputs: BillingSet,
    steps: () => [
      'Set currency and plans, and have finance confirm them.',
      'Make an invoice for the system tenant and void it.',
      'Report currency, number of plans and the invoice’s number.',
    ],
    source: `${SCOPE}, deployment phase 5 and critical path 5`,
  },
  {
    id: 'tenants-verified',
    title: 'Verify that tenants do not see each other',
    owner: TENANT_ENGINEER,
    when: 'before',
    after: ['admin-user', 'billing'],
    inputs: TenantsIsolated,
    steps: () => [
      'Make two tenants, each with a user and a resource.',
      'As each user, ask for the other’s resource by its id, and list all: nothing foreign is seen.',
      'Report both ids, the number of foreign rows (0) and the status of the refusal.',
    ],
    source: `${SCOPE}, deployment phase 5`,
  },
]
