// What people do for the_order once its services run: portals, the way in, watching, tests, hardening.
import { IssuerVerified } from '../../../schemas/tasks/the-order.ts'
import {
  AlertsHeard,
  DashboardsMade,
  Documented,
  FirewallChecked,
  GatewayCertificate,
  LimitsReviewed,
  NamesLeadHere,
  PerformanceTested,
  PortalsHealthy,
  RecoveryExercised,
  RestoreTried,
  SecurityTested,
  TelemetryConnected,
  TestsPassed,
  TlsChecked,
} from '../../../schemas/tasks/the-order-delivery.ts'
import { GATEWAY_CERTIFICATE, hostsOutside, PORTALS, vaultName } from './names.ts'
import { tasksOf } from './task.ts'

export const frontendTasks = tasksOf(11, 'after', [
  {
    id: 'portals',
    title: 'Confirm the health of the portals',
    owner: 'operations',
    inputs: PortalsHealthy,
    steps: ({ name }) => [
      ...PORTALS.map((id) => `\`kubectl rollout status deployment/${name}-${id}\``),
      'Report ready replicas and digest of each.',
    ],
  },
])

const gatewayBefore = tasksOf(12, 'before', [
  {
    id: 'gateway-certificate',
    title: 'Put the gateway’s certificate into the vault',
    owner: 'operations',
    inputs: GatewayCertificate,
    steps: ({ name, parameters }) => [
      'Without a gateway: report entrance ingress only; the cluster gets its certificate itself.',
      `Certificate for ${hostsOutside(parameters).join(' and ')}: \`az keyvault certificate import --vault-name ${vaultName(parameters, parameters.environment)} --name ${GATEWAY_CERTIFICATE} --file $PFX\`, or an issuer of the vault that renews it.`,
      `Once the change is merged the gateway waits for its own role: \`kubectl get configmap ${name}-gateway-identity -o jsonpath={.data.principal-id}\`, then \`az role assignment create --assignee $PRINCIPAL --role "Key Vault Secrets User" --scope $VAULT_ID\`.`,
      'Report the certificate’s address without version, and when it ends.',
    ],
  },
])

const gatewayAfter = tasksOf(12, 'after', [
  {
    id: 'names',
    title: 'Let the names lead here',
    owner: 'operations',
    inputs: NamesLeadHere,
    steps: ({ name, parameters }) => [
      parameters.entrance === 'application-gateway'
        ? `The address: \`kubectl get configmap ${name}-gateway-address -o jsonpath={.data.ip}\`.`
        : 'The address: `kubectl get service --namespace traefik`.',
      `A records for ${hostsOutside(parameters).join(' and ')}: \`az network dns record-set a add-record --zone-name ${parameters.domain} --resource-group <tenant>-${parameters.base ?? name}-dns --record-set-name @ --ipv4-address $ADDRESS\`.`,
      'Report names and address, as `dig +short` shows them from outside.',
    ],
  },
  {
    id: 'tls',
    title: 'Check TLS from outside',
    owner: 'operations',
    after: ['names'],
    inputs: TlsChecked,
    steps: ({ parameters }) => [
      `\`openssl s_client -connect ${parameters.domain}:443 -servername ${parameters.domain} -tls1_1\` fails; with -tls1_2 it succeeds.`,
      'Report names, oldest version accepted, and the certificate’s end.',
    ],
  },
  {
    id: 'waf',
    title: 'Check the rules of the firewall',
    owner: 'operations',
    after: ['tls'],
    inputs: FirewallChecked,
    steps: ({ parameters }) => [
      `\`curl -s -o /dev/null -w '%{http_code}' "https://${parameters.domain}/?q=%3Cscript%3Ealert(1)%3C/script%3E"\` says 403.`,
      'Report mode and status; without a gateway, only that the entrance is ingress.',
    ],
  },
  {
    id: 'issuer-did',
    title: 'Verify the issuer’s DID',
    owner: 'identity',
    after: ['tls'],
    inputs: IssuerVerified,
    steps: ({ parameters }) => [
      `\`curl https://${parameters.domain}/.well-known/did.json\` and \`…/.well-known/did-configuration.json\` answer with the documents that Verified ID generated.`,
      '`POST …/authorities/$AUTHORITY/validateWellKnownDidConfiguration` answers 204.',
      'Report DID, domain, and what the authority says of both.',
    ],
  },
])
export const gatewayTasks = [...gatewayBefore, ...gatewayAfter]

export const observabilityTasks = tasksOf(13, 'after', [
  {
    id: 'telemetry',
    title: 'Connect the collector to Application Insights',
    owner: 'operations',
    inputs: TelemetryConnected,
    steps: ({ name, parameters }) => [
      `\`az monitor app-insights component show --app ${parameters.base ?? name}-insights --query connectionString -o tsv | az keyvault secret set --vault-name ${vaultName(parameters, parameters.environment)} --name insights-connection --file /dev/stdin\`.`,
      'Ask for an external-secret of it, and for the phase infra-services again with the exporter azuremonitor.',
      'Report the component, how many requests it has seen, and the workspace’s region.',
    ],
  },
  {
    id: 'alerts',
    title: 'Have an alert heard',
    owner: 'operations',
    after: ['telemetry'],
    inputs: AlertsHeard,
    steps: () => [
      'Each receiver enters the code that Azure sent.',
      '`az monitor action-group test-notifications create` reaches all of them.',
      'Report how many confirmed, and when the test was.',
    ],
  },
  {
    id: 'dashboards',
    title: 'Make the dashboards',
    owner: 'operations',
    after: ['telemetry'],
    inputs: DashboardsMade,
    steps: () => [
      'One for each service and portal: requests, failures, durations, pods.',
      'Report their addresses.',
    ],
  },
])

const test = (id: string, title: string, step: string, after: string[] = []) => ({
  id,
  title,
  owner: 'tester' as const,
  after,
  inputs: TestsPassed,
  steps: () => [step, 'Report how many passed and the digest of the report; none failed.'],
})

export const testTasks = tasksOf(14, 'before', [
  test(
    'health',
    'Health checks',
    '`curl -f` of every health path, from inside and through the gateway.',
  ),
  test('integration', 'Integration tests', '`pnpm test:integration` against the environment.', [
    'health',
  ]),
  test(
    'end-to-end',
    'End-to-end tests',
    '`pnpm test:e2e`: a credential is issued, presented and revoked.',
    ['integration'],
  ),
  {
    id: 'performance',
    title: 'Performance tests',
    owner: 'tester',
    after: ['end-to-end'],
    inputs: PerformanceTested,
    steps: () => [
      'Load as in the busiest hour expected, until every autoscaler has reached its most.',
      'Report passed thresholds, requests per second, 95th percentile, and the report’s digest.',
    ],
  },
  {
    id: 'security',
    title: 'Security tests',
    owner: 'tester',
    after: ['end-to-end'],
    inputs: SecurityTested,
    steps: () => [
      'Scan the six images by digest and the domain from outside; have the findings fixed.',
      'Report the digest of the report and that no critical finding is open.',
    ],
  },
])

export const hardeningTasks = tasksOf(15, 'before', [
  {
    id: 'limits',
    title: 'Review the limits of resources',
    owner: 'operations',
    inputs: LimitsReviewed,
    steps: () => [
      '`kubectl get pods -o json` shows no container without limits; `kubectl top pods` against them after the load test.',
      'Report both counts.',
    ],
  },
  {
    id: 'backups',
    title: 'Restore a backup',
    owner: 'data',
    inputs: RestoreTried,
    steps: ({ parameters }) => [
      `\`az postgres flexible-server restore --source-server ${parameters.azurePrefix}-${parameters.environment}-db --restore-time $TIME\` to a server of its own; compare, then delete it.`,
      'Report the moment restored from, how long it took, and how many rows were compared.',
    ],
  },
  {
    id: 'recovery',
    title: 'Exercise recovery',
    owner: 'operations',
    after: ['backups'],
    inputs: RecoveryExercised,
    steps: () => [
      'Recover from the loss of a zone, and on paper from the loss of the region, to one inside the Union.',
      'Report the region, and how long recovery and loss of data were.',
    ],
  },
  {
    id: 'documentation',
    title: 'Hand over the documentation',
    owner: 'operations',
    after: ['limits', 'recovery'],
    inputs: Documented,
    steps: () => [
      'Operations, recovery, rotation of secrets and certificates, contacts.',
      'Report where it is and its digest.',
    ],
  },
])
