// Who is told of an alert, and which machines outside the cluster are read. Both by the Prometheus operator's objects.
import type {
  AlertmanagerConfigSpec,
  ScrapeConfigSpec,
} from '../../schemas/manifests/monitoring.ts'
import type { MonitoringParameters } from '../../schemas/parameters/monitoring.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

type Alerts = MonitoringParameters['alerts']
type Receiver = AlertmanagerConfigSpec['receivers'][number]

const RECEIVER = 'people'

export const isHeard = ({ email, webhook }: Alerts): boolean =>
  email !== undefined || webhook !== undefined

/** Nothing when nobody is to be told: a receiver without an address would swallow what it gets. */
export const alertRoute = (scope: Scope, alerts: Alerts): Manifest[] => {
  if (!isHeard(alerts)) return []
  const spec: AlertmanagerConfigSpec = {
    route: {
      receiver: RECEIVER,
      // Not the chart's Watchdog, which always fires.
      matchers: [{ name: 'severity', matchType: '=~', value: 'warning|critical' }],
      groupBy: ['alertname', 'namespace'],
      groupWait: '30s',
      groupInterval: '5m',
      repeatInterval: '4h',
    },
    receivers: [{ name: RECEIVER, ...mail(alerts), ...hook(alerts) }],
  }
  return [object('AlertmanagerConfig', scope.resource, scope, { spec })]
}

const mail = ({ email }: Alerts): Pick<Receiver, 'emailConfigs'> => {
  if (email === undefined) return {}
  const { to, from, host, port, username, password } = email
  return {
    emailConfigs: [
      {
        to,
        from,
        smarthost: `${host}:${port}`,
        authUsername: username,
        authPassword: password,
        // Port 465 is encrypted from its first byte; elsewhere it must be asked for.
        requireTLS: port !== 465,
        sendResolved: true,
      },
    ],
  }
}

const hook = ({ webhook }: Alerts): Pick<Receiver, 'webhookConfigs'> =>
  webhook === undefined ? {} : { webhookConfigs: [{ urlSecret: webhook.url, sendResolved: true }] }

/** Besu nodes are machines: no monitor of pods finds them. */
export const besuTargets = (
  scope: Scope,
  { besu, besuNodes }: MonitoringParameters,
): Manifest[] => {
  if (!besu || besuNodes.length === 0) return []
  const spec: ScrapeConfigSpec = {
    jobName: 'besu',
    metricsPath: '/metrics',
    scrapeInterval: '15s',
    staticConfigs: [{ targets: besuNodes.map((address) => `${address}:9545`) }],
  }
  return [object('ScrapeConfig', scope.resource, scope, { spec })]
}
