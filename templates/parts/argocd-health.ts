// What Argo CD must be told about kinds it does not know: when they are healthy, and which to leave out of sight.
// Both are text in argocd-cm. Source: argo-cd.readthedocs.io, "Resource Health" and "Resource Exclusion".

/** Every resource of Azure Service Operator has a Ready condition; only severity Error is final. */
const AZURE = `local health = {status = "Progressing", message = "Waiting for the operator"}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" then
      local seen = condition.observedGeneration
      if seen ~= nil and seen < obj.metadata.generation then
        return health
      end
      health.message = condition.reason or ""
      if condition.status == "True" then
        health.status = "Healthy"
      elseif condition.severity == "Error" then
        health.status = "Degraded"
      end
    end
  end
end
return health`

/** Only replications and clusters have a status; the other kinds of this operator have none to wait for. */
const REDIS = `local health = {status = "Healthy"}
local status = obj.status or {}
if obj.kind == "RedisReplication" then
  local many = obj.spec.clusterSize == nil or obj.spec.clusterSize > 1
  if many and (status.masterNode == nil or status.masterNode == "") then
    health = {status = "Progressing", message = "No primary elected yet"}
  end
elseif obj.kind == "RedisCluster" then
  if status.state == "Failed" then
    health = {status = "Degraded", message = status.reason}
  elseif status.state ~= "Ready" then
    health = {status = "Progressing", message = status.reason}
  end
end
return health`

const indented = (text: string): string => text.replace(/^/gm, '    ')

const check = (kinds: string, lua: string): string =>
  `"${kinds}":\n  health.lua: |\n${indented(lua)}\n`

/** Value of `resource.customizations`. The newer keys, one per kind, cannot hold a wildcard. */
export const customHealth = [
  check('*.azure.com/*', AZURE),
  check('redis.redis.opstreelabs.in/*', REDIS),
].join('')

/** Made by controllers in great numbers, never declared in Git. Replaces the chart's list, so that is in it too. */
const UNSEEN: { groups: string[]; kinds: string[] }[] = [
  // One for every managed resource of Crossplane.
  { groups: ['*'], kinds: ['ProviderConfigUsage'] },
  { groups: ['', 'discovery.k8s.io'], kinds: ['Endpoints', 'EndpointSlice'] },
  { groups: ['coordination.k8s.io'], kinds: ['Lease'] },
  {
    groups: ['authentication.k8s.io', 'authorization.k8s.io'],
    kinds: [
      'SelfSubjectReview',
      'TokenReview',
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ],
  },
  { groups: ['certificates.k8s.io'], kinds: ['CertificateSigningRequest'] },
  { groups: ['cert-manager.io'], kinds: ['CertificateRequest'] },
  { groups: ['cilium.io'], kinds: ['CiliumIdentity', 'CiliumEndpoint', 'CiliumEndpointSlice'] },
]

const list = (words: string[]): string => words.map((word) => `    - "${word}"\n`).join('')

/** Value of `resource.exclusions`. */
export const exclusions = UNSEEN.map(
  ({ groups, kinds }) => `- apiGroups:\n${list(groups)}  kinds:\n${list(kinds)}`,
).join('')
