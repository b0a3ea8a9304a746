// What the_order needs from outside before its phases.
import type { Prerequisite } from '../../../schemas/system.ts'

const SOURCE = 'Deployment Requirements Scope, section 5'

export const prerequisites: Prerequisite[] = [
  {
    id: 'azure-subscription',
    title: 'An Azure subscription with the role Contributor',
    owner: 'the subscription’s owner',
    why: 'Everything in Azure is made in it.',
    source: `${SOURCE}, prerequisites`,
  },
  {
    id: 'azure-quota',
    title:
      'Quota in West Europe: 24 to 80 cores of nodes, 24 to 48 of databases and as many of standbys',
    owner: 'the subscription’s owner',
    why: 'Microsoft decides on increases, and the region is often short of capacity: ask early.',
    source: 'Deployment Requirements Scope, risk mitigation 1',
  },
  {
    id: 'entra-tenant',
    title: 'An Entra tenant in which applications can be registered and Verified ID enabled',
    owner: 'the Entra administrator',
    why: 'Identities, permissions and the issuer belong to it.',
    source: `${SOURCE}, external services`,
  },
  {
    id: 'domain',
    title: 'A public domain whose name servers can be changed',
    owner: 'the domain’s owner',
    why: 'Portals, certificates and the issuer’s DID stand on it.',
    source: 'Deployment Requirements Scope, risk mitigation 3',
  },
  {
    id: 'azure-operator',
    title: 'Azure Service Operator on the cluster that makes the objects in Azure',
    owner: 'the cluster’s owner',
    why: 'It makes what is rendered; the template operators installs it.',
    source: 'how Phoenix makes Azure resources',
  },
  {
    id: 'vault-reader',
    title: 'A managed identity that will read the vaults',
    owner: 'the platform operator',
    why: 'Its client id is a parameter: `az identity create`, before the system is asked for.',
    source: `${SOURCE}, secrets configuration`,
  },
  {
    id: 'cluster-services',
    title:
      'External Secrets, cert-manager, the OpenTelemetry operator, monitoring and an ingress controller on the workloads’ cluster',
    owner: 'the cluster’s owner',
    why: 'They are there once per cluster: Sankofa installs most of them on its own, and the parameter install on another one.',
    source: `${SOURCE}, infrastructure services`,
  },
  {
    id: 'source-code',
    title: 'The sources of the four services and two portals',
    owner: 'the product’s owner',
    why: 'Their images are built from them; they are no part of this system.',
    source: `${SOURCE}, application components`,
  },
]
