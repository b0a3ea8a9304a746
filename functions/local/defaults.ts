// The embedded defaults of the laptop: two stand-in sites, two simulated clusters, one tenant with its people.
// Names and sizes are those of the system smom-dbis-138; what is stand-in data says so.
import type { z } from 'zod'
import { PLATFORM_SLUG } from '../../schemas/ids.ts'
import type { CreateMember } from '../../schemas/member.ts'
import type { Cluster, Region, Site } from '../../schemas/place.ts'
import type { CreateTenant } from '../../schemas/tenant.ts'
import { PROVIDER_NAME, subjectOf } from './identity-provider/people.ts'

export const PLATFORM_REPOSITORY = 'platform/fleet'

export const REGION: Region = {
  name: 'loc-az-hci',
  jurisdiction: 'eu',
  tier: 'core',
  standIn: true,
}
export const REGIONS: Region[] = [
  REGION,
  { name: 'westeurope', jurisdiction: 'eu', tier: 'core', standIn: true },
]

const site = (name: string): z.input<typeof Site> => ({
  name,
  region: REGION.name,
  hosts: [
    {
      name,
      cores: 32,
      memory: { value: 128, unit: 'GB' },
      storage: { datastore: 'local-lvm', kind: 'local', size: { value: 2, unit: 'TB' } },
    },
  ],
  network: {
    name: 'loc-lan',
    bridge: 'vmbr0',
    cidr: '192.168.11.0/24',
    gateway: '192.168.11.1',
    pool: { first: '192.168.11.101', last: '192.168.11.250' },
    dns: ['192.168.11.1'],
  },
  image: {
    name: 'ubuntu-22.04-cloud.img',
    url: 'https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img',
    datastore: 'local',
  },
  standIn: true,
})

export const SITES = [site('ml110-01'), site('r630-01')]

export const CLUSTERS: Cluster[] = [
  {
    name: 'loc-mgmt',
    region: REGION.name,
    engine: 'argocd',
    proxmoxProviderConfig: 'loc-proxmox',
    owner: 'dbis',
    standIn: true,
  },
  {
    name: 'weu-aks',
    region: 'westeurope',
    engine: 'flux',
    proxmoxProviderConfig: 'loc-proxmox',
    owner: 'dbis',
    standIn: true,
  },
]

/** Where the demo tenant is in Azure: a resource group of its own, named by its id. Simulated. */
export const AZURE = {
  ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', location: 'westeurope' },
  groupOf: (tenant: string): string => `phoenix-${tenant}`,
}

export const TENANT: z.input<typeof CreateTenant> = {
  slug: 'dbis',
  name: 'DBIS',
  jurisdiction: REGION.jurisdiction,
  repository: 'dbis/infrastructure',
  /** The base stands on every cluster from the first commit on. */
  basesOn: CLUSTERS.map(({ name }) => name),
}

/** The operators' own tenant: regions, sites and prices are files in its repository. */
export const PLATFORM_TENANT: z.input<typeof CreateTenant> = {
  slug: PLATFORM_SLUG,
  name: 'Platform',
  jurisdiction: REGION.jurisdiction,
  repository: PLATFORM_REPOSITORY,
}

/** Two people: who asks does not approve. */
export const OPERATORS = { requester: 'otto', approver: 'paula' } as const

export const ROLES = ['owner', 'requester', 'approver', 'auditor'] as const

const PEOPLE: Record<(typeof ROLES)[number], string> = {
  owner: 'olga',
  requester: 'rita',
  approver: 'anton',
  auditor: 'ada',
}

/** People with an account on the local forge. */
export const FORGE_LOGINS = { requester: PEOPLE.requester, approver: PEOPLE.approver } as const
export const FORGE_ADMINISTRATOR = 'forge-admin'
export const FORGE_APP = 'phoenix[bot]'

/** Whom the simulated identity provider calls so is who has this handle. */
const signInOf = (handle: string) => ({ issuer: PROVIDER_NAME, subject: subjectOf(handle) })

export const memberOf = (role: (typeof ROLES)[number]): z.input<typeof CreateMember> => ({
  handle: PEOPLE[role],
  roles: [role],
  signIn: signInOf(PEOPLE[role]),
})

export const operatorMemberOf = (role: keyof typeof OPERATORS): z.input<typeof CreateMember> => ({
  handle: OPERATORS[role],
  roles: [role],
  signIn: signInOf(OPERATORS[role]),
})
