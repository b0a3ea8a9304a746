// What a new cluster is given once, by hand: the entry that makes its engine follow `live` of the platform repository. From then on
// the engine reads everything there. Credentials are named and never in it.
import type { Cluster } from '../schemas/place.ts'
import { ARGOCD_NAMESPACE } from './argocd-entry.ts'
import { entryFiles } from './entry-files.ts'
import { PLATFORM_NAMESPACE } from './flux-entry.ts'

const secret = (namespace: string, name: string, key: string): string =>
  `kubectl -n ${namespace} create secret generic ${name} --from-file=${key}=./webhook-secret --dry-run=client -o yaml | kubectl apply -f -`

/** How each engine is installed, its namespace where its entry brings none, and the Secret that its entry refers to. */
const ENGINES: Record<
  Cluster['engine'],
  { title: string; install: string; namespace: string | null; token: string }
> = {
  argocd: {
    ...{ title: 'Argo CD', namespace: ARGOCD_NAMESPACE },
    install: `kubectl create namespace ${ARGOCD_NAMESPACE}; kubectl apply -n ${ARGOCD_NAMESPACE} --server-side -f https://raw.githubusercontent.com/argoproj/argo-cd/stable/manifests/install.yaml`,
    token: secret(ARGOCD_NAMESPACE, 'argocd-notifications-secret', 'phoenix-webhook-token'),
  },
  flux: {
    ...{ title: 'Flux', namespace: null, install: 'flux install' },
    token: secret(PLATFORM_NAMESPACE, 'phoenix-webhook', 'token'),
  },
}

/** YAML with the steps as comments. Deterministic; holds no secret. */
export const bootstrapText = (input: {
  cluster: Pick<Cluster, 'name' | 'engine' | 'owner' | 'kubernetes'>
  platformRepositoryUrl: string
  publicUrl: string
}): string => {
  const { name, engine } = input.cluster
  const { title, install, namespace, token } = ENGINES[engine]
  const objects = entryFiles({ ...input, tenants: [] })
    .filter(({ path }) => !path.endsWith('/kustomization.yaml'))
    .map(({ content }) => content.trim())
  const own = namespace ? [`apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}`] : []
  return [
    `# Cluster ${name}: what makes ${title} there follow Phoenix. Once, by somebody who may do anything on it.`,
    `# 1. The engine:      ${install}`,
    '# 2. This file:       kubectl apply -f bootstrap.yaml',
    '# 3. Its webhook secret, out of the answer to the registration, in a file ./webhook-secret:',
    `#                     ${token}`,
    '# 4. Where the repository is not public: a deploy key, as a Secret of the engine’s own kind.',
    `# 5. See it:          GET /v1/clusters/${name}/health`,
    ...[...own, ...objects].map((object) => `---\n${object}`),
    '',
  ].join('\n')
}
