// When versions end, as known on one day: a table with a date, so that the same plan says the same on every day.
// `believed`: the date is from memory and was not looked up; whoever shows it says so.

export interface VersionEnd {
  product: string
  /** The version line whose end it is: as much of the number as makes a line. */
  version: string
  endOfLife: string
  /** Who says so. */
  source: string
  believed?: true
}

/** The day on which the table was last gone through. Versions are judged against it, never against a clock. */
export const VERSION_TABLE_DATE = '2026-11-21'

export const versionEnds: readonly VersionEnd[] = [
  {
    product: 'Kubernetes',
    version: '1.24',
    endOfLife: '2023-07-28',
    source: 'kubernetes.io, patch releases, non-active branch history',
  },
  {
    product: 'Node.js',
    version: '18',
    endOfLife: '2025-04-30',
    source: 'Node.js release working group, release schedule',
  },
  {
    product: 'PostgreSQL',
    version: '14',
    endOfLife: '2026-11-12',
    source: 'PostgreSQL versioning policy; the month was looked up, the day is believed',
    believed: true,
  },
  {
    product: 'Proxmox VE',
    version: '7',
    endOfLife: '2024-07-31',
    source: 'Proxmox VE, frequently asked questions',
    believed: true,
  },
  {
    product: 'Keycloak',
    version: '20',
    endOfLife: '2023-02-23',
    source: 'Keycloak maintains its newest version only: the release of 21',
    believed: true,
  },
  {
    product: 'Next.js',
    version: '14',
    endOfLife: '2025-10-26',
    source: 'Next.js support policy',
    believed: true,
  },
  {
    product: 'Terraform',
    version: '1.5',
    endOfLife: '2024-01-17',
    source: 'HashiCorp maintains the two newest minor versions: the release of 1.7',
    believed: true,
  },
  {
    product: 'pnpm',
    version: '8',
    endOfLife: '2025-04-30',
    source: 'pnpm, tied to the end of Node.js 16 and 18',
    believed: true,
  },
]

/** What has versions and no end: TLS 1.2 is a protocol whose floor is still sound. */
export const withoutEnd: readonly string[] = ['TLS']
