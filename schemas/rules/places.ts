// Regions, sites, hosts and prices as changes of the platform.
import type { RuleTable } from '../rule.ts'

export const placesRules = {
  'PLATFORM-ONLY': [
    'block',
    'Only the operators keep this',
    'Regions, sites and price books are every tenant’s ground: they are changed in the operators’ own repository.',
    'Ask the operators for it.',
  ],
  'PLATFORM-RECORDS': [
    'block',
    'The operators’ own tenant keeps records only',
    'Its repository leads the engines to every tenant; nothing that runs belongs there.',
    'Ask for it in a tenant of its own.',
  ],
  'PLACE-KEPT': [
    'info',
    'The place is there already, and will be kept in Git',
    'From the promotion on it is changed by changes only; the operators’ direct routes refuse it.',
    'Approve it if the file says what you want to keep.',
  ],
  'PRICE-BOOK-UNIQUE': [
    'block',
    'Another price book stands for a jurisdiction of this one',
    'A jurisdiction has one price book: a second one would silently take the place of the first.',
    'Update the book that stands there, or take the jurisdiction out of it first.',
  ],
  'PLACE-IN-USE': [
    'block',
    'Something is still there',
    'A place, or a host, goes only when nothing stands on it or is reserved there.',
    'Move or delete first what is there.',
    {
      arithmetic:
        '{machines} machines, {sites} sites and {clusters} clusters are still there: all must be 0',
    },
  ],
  'PLACE-ELSEWHERE': [
    'block',
    'A place of this name is in another jurisdiction',
    'A name is one place, and a place stays in the jurisdiction that keeps its rows.',
    'Take another name.',
  ],
  'SITE-SHRINKS': [
    'block',
    'The site would be smaller than what is on it',
    'What stands there or is reserved by an open change was promised room.',
    'Keep the host as large as that, or move machines away first.',
    { arithmetic: '{reserved} reserved > {offered} offered' },
  ],
  'HOST-RESERVE': [
    'block',
    'The host keeps all of its memory for itself',
    'What a host keeps for itself is promised to nobody; one with nothing left can carry no machine.',
    'Give the memory that the host has, or a smaller memoryReserve.',
    { arithmetic: '{memoryMiB} MiB of memory − {reserveMiB} MiB kept for the host ≤ 0 MiB' },
  ],
  'SIZE-UNIT': [
    'block',
    'This is no size',
    'A size is a positive number with its unit; GB and GiB are different things.',
    'Write {"value": 128, "unit": "GiB"}, with one of the units MB, GB, TB, MiB, GiB, TiB.',
    { arithmetic: '{above} < a number ≤ {most}, and one of {units} units' },
  ],
  'HOST-CORES': [
    'block',
    'This is no number of cores',
    'A host has a whole number of cores, at least 1 and at most 4096; overcommit is a factor of its own.',
    'Count the cores of the host, and say how often each may be promised in cpuOvercommit.',
    { arithmetic: '{least} ≤ a whole number of cores ≤ {most}' },
  ],
  'HOST-UNKNOWN': [
    'block',
    'No such host at the sites named',
    'A template on a host of no site named is of use to nobody; a host that is used and has none is VM-TEMPLATE’s to block.',
    'Read the sites at /v1/sites: each names its hosts. Name one of those.',
    { arithmetic: 'number {place} of the {named} hosts named, and the sites have {hosts}' },
  ],
  'HOST-UNIQUE': [
    'block',
    'Another host has this name',
    'Hosts are found by their name alone, in all sites of a jurisdiction.',
    'Give every host a name of its own.',
  ],
  'REGION-UNKNOWN': [
    'block',
    'There is no such region here',
    'A site lies in a region of the installation, which says whose law holds and what is promised.',
    'Create the region first, or name one of GET /v1/regions.',
  ],
  'REGION-CATALOGUE': [
    'block',
    'The catalogue says otherwise of this region',
    'A region that the catalogue knows has its country, its jurisdiction and its tier from there.',
    'Take what GET /v1/region-catalogue says of it, or another name.',
  ],
  'NETWORK-FIT': [
    'block',
    'The network does not fit together',
    'Gateway and pool lie in the network, the first address not behind the last; sites that share a network describe the same one.',
    'Correct the addresses, or give the network another name.',
  ],
  'ADJACENT-SELF': [
    'block',
    'A place is not its own neighbour',
    'When a place is lost, its neighbour takes over.',
    'Name other places.',
  ],
  'ADJACENT-UNKNOWN': [
    'warn',
    'A neighbour does not exist here',
    'Nothing can move to a place that this jurisdiction does not have.',
    'Create it next, or leave it out.',
    { arithmetic: '{unknown} of {named} neighbours do not exist here' },
  ],
  'IMAGE-MISSING': [
    'warn',
    'A host has not the image of its site',
    'A machine on local storage is made from an image on its own host: without it none can be placed there.',
    'Bring the image to the host, or leave `images` out where the site’s image is on all of them.',
    { arithmetic: '{without} of {hosts} hosts have not the site’s image' },
  ],
} as const satisfies RuleTable
