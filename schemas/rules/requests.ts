// What a request names: places, versions, names, and what it takes away.
import type { RuleTable } from '../rule.ts'

export const requestsRules = {
  'SITE-UNKNOWN': [
    'block',
    'The site does not exist or is not yours to use',
    'Every VM needs a place the inventory knows.',
    'List /v1/sites and name one of them.',
    { arithmetic: 'number {place} of the {named} sites named' },
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
  'FLUX-CLUSTER': [
    'block',
    'The tenant has no such cluster in Azure Arc',
    'A Flux configuration is put on a cluster that the tenant has registered, in its own place in Azure.',
    'Register the cluster (POST …/arc/clusters), or name one that GET …/arc/clusters lists and that has room.',
    { arithmetic: '{standing} of {most} configurations are on the cluster' },
  ],
  'FLUX-REACH': [
    'block',
    'The configuration would reach beyond the tenant’s namespace',
    'A cluster that several tenants stand on is everybody’s but for their namespaces.',
    'Say the scope `namespace` and the tenant’s own namespace, or name a cluster that the tenant owns.',
  ],
  'FLUX-FIXED': [
    'block',
    'Azure does not move a Flux configuration',
    'Its cluster, namespace and scope are taken when it is made and never again.',
    'Create another one under another name, and delete this one.',
  ],
  'FLUX-TWICE': [
    'block',
    'Two resources would write the same Flux configuration in Azure',
    'Each would undo what the other says, for as long as both are there.',
    'Give the configuration another name, or delete the other resource first.',
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
  'VMID-UNIQUE': [
    'block',
    'A Proxmox VM id is already taken',
    'Two VMs with one id would destroy each other.',
    'Name another first VM id.',
    {
      arithmetic:
        '{machines} machines have the ids {firstVmId}, {firstVmId} + 1, and so on: each must be free',
    },
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
    { arithmetic: '{objects} objects of the same name > 0' },
  ],
  'RESOURCE-UNKNOWN': [
    'block',
    'No resource of this name',
    'Only something that exists can be updated or deleted.',
    'List /v1/tenants/{tenant}/resources.',
  ],
  'SIZE-AMOUNT': [
    'block',
    'The size is outside its limits',
    'Less is no machine that starts, more is no machine of this kind.',
    'Ask for a size within the limits.',
    { arithmetic: '{leastMiB} MiB ≤ size ≤ {mostMiB} MiB' },
  ],
  'CORES-AMOUNT': [
    'block',
    'The number of cores is outside its limits',
    'Cores are whole, and there is none without at least one.',
    'Ask for a whole number of cores within the limits.',
    { arithmetic: '{least} ≤ a whole number of cores ≤ {most}' },
  ],
  'VM-TEMPLATE': [
    'block',
    'A machine has no template to be cloned from',
    'Local storage ties a template to its host, and a clone stays where its template is.',
    'Name a template on each host, or sites whose hosts share their storage.',
  ],
  'REVIEWERS-SHORT': [
    'warn',
    'Fewer people could approve this than must',
    'Whoever asked never counts. Until there are enough others, the change stays open and nothing of it is applied.',
    'Invite people with a role that the plan names, or have an owner give somebody that role.',
    { arithmetic: '{able} people could approve this, {needed} must' },
  ],
  DESTROYS: [
    'warn',
    'This destroys things',
    'Removal cannot be undone from Git alone once an engine has pruned.',
    'Read the destroy list.',
    { arithmetic: '{objects} objects go, {holdingData} of them with data' },
  ],
  'GUARDS-LIFTED': [
    'warn',
    'Prune guards are lifted',
    'After this change the engines may delete the objects named; the files themselves go with a second pull request.',
    'Approve only if the destroy list is what you want gone.',
  ],
} as const satisfies RuleTable
