// Argo CD's side of the entry points: projects, Applications, and the notification that reports status to Phoenix.
// Holds no secret: the webhook's token is named here and put on the cluster by whoever installs it.
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { Manifest } from '../schemas/template.ts'
import { apiVersions } from '../templates/index.ts'
import { entryMetadata, LIVE, PLATFORM_ENTRY } from './entry-metadata.ts'
import { toYaml } from './yaml.ts'

/** An Application is of the same version; templates render none. */
const ARGOCD = apiVersions.ApplicationSet
export const ARGOCD_NAMESPACE = 'argocd'
const IN_CLUSTER = 'https://kubernetes.default.svc'

/** Projects, the set of Applications over the entry points, and the status webhook. */
export const argocdPlatform = (
  cluster: string,
  repoURL: string,
  webhook: string,
  owner: string | undefined,
  /** Group and kinds of the admission policies, where the cluster has them. */
  admission: { group: string; kinds: readonly string[] } | null = null,
): Manifest[] => {
  // What binds the owner's installer; without an owner nothing of the kind can be applied.
  const owned = owner !== undefined
  const own = `clusters/${cluster}/argocd/*`
  return [
    project(PLATFORM_ENTRY, {
      description: 'Entry points only: what they lead to has projects of its own',
      sourceRepos: [repoURL],
      destinations: [{ server: IN_CLUSTER, namespace: ARGOCD_NAMESPACE }],
      clusterResourceWhitelist: [
        ...(owned ? kinds('rbac.authorization.k8s.io', 'ClusterRoleBinding') : []),
        ...(admission ? kinds(admission.group, ...admission.kinds) : []),
      ],
      namespaceResourceWhitelist: [
        ...kinds('argoproj.io', 'AppProject', 'Application', 'ApplicationSet'),
        ...kinds('', 'ConfigMap'),
      ],
    }),
    {
      apiVersion: ARGOCD,
      kind: 'ApplicationSet',
      metadata: entryMetadata(PLATFORM_ENTRY, ARGOCD_NAMESPACE, PLATFORM_SLUG, PLATFORM_ENTRY),
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators: [{ git: { repoURL, revision: LIVE, directories: [{ path: own }] } }],
        // A directory that vanishes never deletes an Application, nor an Application its objects.
        syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
        template: {
          metadata: {
            name: `${PLATFORM_SLUG}-{{ .path.basename }}`,
            labels: { 'app.kubernetes.io/managed-by': 'phoenix' },
            annotations: { 'argocd.argoproj.io/manifest-generate-paths': '.' },
          },
          spec: {
            project: PLATFORM_ENTRY,
            source: { repoURL, targetRevision: LIVE, path: '{{ .path.path }}' },
            destination: { server: IN_CLUSTER, namespace: ARGOCD_NAMESPACE },
            syncPolicy: automated,
          },
        },
      },
    },
    notifications(webhook),
  ]
}

/** What reads a tenant's base: a project that fences it to this tenant's repository and namespace, and the Application. */
export const argocdTenant = (input: {
  name: string
  tenant: string
  repositoryUrl: string
  path: string
}): Manifest[] => {
  const { name, tenant, repositoryUrl: repoURL, path } = input
  const fence = `tenancy-${tenant}`
  return [
    project(fence, {
      description: 'The base of one tenant: its namespace, limits, policies, account and project',
      sourceRepos: [repoURL],
      destinations: [
        { server: IN_CLUSTER, namespace: tenant },
        { server: IN_CLUSTER, namespace: ARGOCD_NAMESPACE },
      ],
      clusterResourceWhitelist: kinds('', 'Namespace'),
      namespaceResourceWhitelist: [
        ...kinds('', 'ResourceQuota', 'LimitRange', 'ServiceAccount', 'ConfigMap'),
        ...kinds('networking.k8s.io', 'NetworkPolicy'),
        ...kinds('rbac.authorization.k8s.io', 'Role', 'RoleBinding'),
        ...kinds('argoproj.io', 'AppProject', 'ApplicationSet'),
      ],
    }),
    {
      apiVersion: ARGOCD,
      kind: 'Application',
      metadata: {
        ...entryMetadata(name, ARGOCD_NAMESPACE, tenant, name),
        annotations: { 'argocd.argoproj.io/manifest-generate-paths': '.' },
      },
      spec: {
        project: fence,
        source: { repoURL, targetRevision: LIVE, path },
        destination: { server: IN_CLUSTER, namespace: tenant },
        syncPolicy: automated,
      },
    },
  ]
}

const automated = {
  automated: { prune: true, selfHeal: true },
  syncOptions: ['ServerSideApply=true'],
}

const project = (name: string, spec: Record<string, unknown>): Manifest => ({
  apiVersion: ARGOCD,
  kind: 'AppProject',
  metadata: entryMetadata(name, ARGOCD_NAMESPACE, PLATFORM_SLUG, name),
  spec,
})

const kinds = (group: string, ...names: string[]): { group: string; kind: string }[] =>
  names.map((kind) => ({ group, kind }))

/**
 * What statuses/argocd.ts reads. Only named fields leave the cluster: Argo CD's own messages can quote secrets.
 * `toJson` and `contains` are functions of Sprig, which Argo CD gives to its templates. The list of objects ends with a null,
 * because a template has no last element to leave the comma off.
 */
const NOTIFICATION_BODY = `{"app": {
  "metadata": {"name": {{ toJson .app.metadata.name }}},
  "spec": {"source": {
    "repoURL": {{ toJson .app.spec.source.repoURL }},
    "path": {{ toJson .app.spec.source.path }}
  }},
  "status": {
    "reconciledAt": {{ toJson .app.status.reconciledAt }},
    "sync": {
      "status": {{ toJson .app.status.sync.status }},
      "revision": {{ toJson .app.status.sync.revision }}
    },
    "health": {"status": {{ toJson .app.status.health.status }}},
    "operationState": {{ with .app.status.operationState }}{
      "phase": {{ toJson .phase }},
      "operation": {"sync": {"revision": {{ with .operation.sync }}{{ toJson .revision }}{{ else }}null{{ end }}}},
      "syncResult": {"revision": {{ with .syncResult }}{{ toJson .revision }}{{ else }}null{{ end }}},
      "awaitsConfirmation": {{ contains "confirmation of" (default "" .message) }}
    }{{ else }}null{{ end }},
    "resources": [{{ range .app.status.resources }}{{ if or (eq (default "" .status) "OutOfSync") (contains "Degraded" (toJson .health)) }}
      {"kind": {{ toJson .kind }}, "namespace": {{ toJson .namespace }}, "name": {{ toJson .name }},
        "sync": {{ toJson .status }}, "health": {{ with .health }}{{ toJson .status }}{{ else }}null{{ end }}},{{ end }}{{ end }}
      null]
  }
}}
`

/**
 * A condition fires when it becomes true, with `oncePer` when that value changes. Healthy stands twice: once per commit,
 * and again whenever the component recovers. A repeated report does no harm.
 */
const HEALTHY = "app.status.sync.status == 'Synced' and app.status.health.status == 'Healthy'"
const OPERATION_STARTED = 'app.status.operationState?.startedAt'
/** Left after it was applied whole: the commit of the last operation is the one compared with. */
const DRIFTED =
  "app.status.sync.status == 'OutOfSync' and app.status.operationState?.phase == 'Succeeded' and app.status.operationState?.syncResult?.revision == app.status.sync.revision"
const TRIGGER = [
  { when: "app.status.operationState?.phase == 'Running'", oncePer: OPERATION_STARTED },
  { when: "app.status.operationState?.phase in ['Error', 'Failed']", oncePer: OPERATION_STARTED },
  { when: "(app.status.operationState?.message ?? '') contains 'confirmation of'" },
  { when: "app.status.sync.status == 'Unknown'" },
  { when: "app.status.health.status == 'Degraded'" },
  { when: DRIFTED },
  { when: HEALTHY },
  { when: HEALTHY, oncePer: 'app.status.sync.revision' },
].map((condition) => ({ ...condition, send: ['phoenix-status'] }))

const notifications = (url: string): Manifest => ({
  apiVersion: apiVersions.ConfigMap,
  kind: 'ConfigMap',
  metadata: entryMetadata(
    'argocd-notifications-cm',
    ARGOCD_NAMESPACE,
    PLATFORM_SLUG,
    PLATFORM_ENTRY,
  ),
  data: {
    'service.webhook.phoenix': toYaml({
      url,
      headers: [
        // The key `phoenix-webhook-token` of the Secret argocd-notifications-secret, filled in by Argo CD.
        { name: 'Authorization', value: 'Bearer $phoenix-webhook-token' },
        { name: 'Content-Type', value: 'application/json' },
      ],
    }),
    'template.phoenix-status': toYaml({
      webhook: { phoenix: { method: 'POST', body: NOTIFICATION_BODY } },
    }),
    'trigger.phoenix-status': toYaml(TRIGGER),
    subscriptions: toYaml([{ recipients: ['phoenix'], triggers: ['phoenix-status'] }]),
  },
})
