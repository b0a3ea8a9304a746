// The price book that comes with Phoenix: stand-in data, so that a plan has a cost before anybody installed a book.
// Rough ranges, widened on purpose; each row says what it was made of. Never an offer.
import { Jurisdiction } from '../../schemas/ids.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
import { azure, free, type OwnPrices, skus } from './rough.ts'

/**
 * The source declares 20,000 to 100,000 dollars once for its hosts, and 32 to 64 cores, 128 to 256 GB, 4 to 8 TB of them.
 * Over 48 months that is 417 to 2,083 dollars; two fifths of it are put on the cores (four promised of each), two fifths on
 * the memory, one fifth on the disks. The low end divides by the larger hosts, the high end by the smaller ones.
 */
const OWN: OwnPrices = [
  {
    ...{ unit: 'vCPU', leastMinor: 65, mostMinor: 651, per: 1 },
    source: 'derived: 417 × 0.4 / 256 to 2,083 × 0.4 / 128 dollars; power and people not counted',
  },
  {
    ...{ unit: 'GiB memory', leastMinor: 65, mostMinor: 651, per: 1 },
    source: 'derived: 417 × 0.4 / 256 to 2,083 × 0.4 / 128 dollars; power and people not counted',
  },
  {
    ...{ unit: 'GiB disk', leastMinor: 102, mostMinor: 1017, per: 100 },
    source: 'derived, for 100: 417 × 0.2 / 8,192 to 2,083 × 0.2 / 4,096 dollars for one',
  },
]

const NODES = {
  Standard_D2s_v5: [7000, 8800],
  Standard_D4s_v5: [14000, 17600],
  Standard_D8s_v5: [28000, 35100],
  Standard_D16s_v5: [56100, 70100],
  Standard_D32s_v5: [112100, 140200],
  Standard_E4s_v5: [18400, 23000],
  Standard_E8s_v5: [36800, 46000],
  Standard_E16s_v5: [73600, 92000],
} as const

const SERVERS = {
  Standard_B2s: [5000, 6500],
  Standard_D2ds_v5: [13000, 16500],
  Standard_D4ds_v5: [26000, 33000],
  Standard_D8ds_v5: [52000, 66000],
  Standard_D16ds_v5: [104000, 132000],
  Standard_D32ds_v5: [208000, 264000],
  Standard_E8ds_v5: [70000, 88000],
  Standard_E16ds_v5: [140000, 176000],
} as const

const STORAGE = {
  Standard_LRS: [180, 240],
  Standard_ZRS: [230, 300],
  Standard_GRS: [360, 480],
  Standard_GZRS: [400, 540],
} as const

const NO_CHARGE = 'no charge of its own by the vendor’s pricing page'

export const standInBook: PriceBook = {
  name: 'phoenix-stand-in',
  version: '1',
  date: '2026-11-21',
  currency: 'USD',
  standIn: true,
  jurisdictions: [...Jurisdiction.options],
  excludes: [
    'traffic and bandwidth',
    'taxes',
    'licences and support',
    'power, cooling and people of own hardware',
    'hardware security modules',
    'backup storage outside Azure',
  ],
  ownHardware: [{ prices: OWN }],
  azure: [
    azure('aks-control-plane', 'Free', [0, 0], NO_CHARGE),
    ...skus('aks-control-plane', { Standard: [7300, 7300], Premium: [43800, 43800] }),
    ...skus('aks-node', NODES),
    azure('node-disk', null, [1200, 1700], 'rough estimate of premium disks, for 100 GiB', 100),
    azure('load-balancer', 'Standard', [1800, 2600]),
    azure('public-ip', 'Standard', [360, 370]),
    ...skus('postgres-server', SERVERS),
    azure('postgres-storage', null, [1150, 1500], 'rough estimate, for 100 GiB', 100),
    azure('postgres-backup', null, [950, 2500], 'rough estimate, for 100 GiB', 100),
    ...skus('storage-account', STORAGE, 'rough estimate of the hot tier, for 100 GiB', 100),
    azure('container-registry', 'Premium', [5000, 5100]),
    ...skus('key-vault-operations', { standard: [3, 3], premium: [3, 15] }),
    azure('application-gateway', 'WAF_v2', [32300, 34000]),
    azure('application-gateway-capacity', 'WAF_v2', [1050, 1150]),
    free('firewall-policy', 'part of the price of a gateway of the SKU WAF_v2'),
    azure('private-endpoint', null, [730, 730]),
    azure('dns-zone', null, [50, 50]),
    azure('private-dns-zone', null, [50, 50]),
    azure('log-ingestion', 'PerGB2018', [230, 300]),
    ...skus('log-alert', { PT5M: [150, 150], PT10M: [100, 100], PT15M: [50, 50], PT30M: [50, 50] }),
    azure('action-group', null, [0, 200], 'the first thousand emails of a month are free'),
    azure('arc-gitops', null, [0, 200], 'rough estimate; the first six vCPU are free'),
    ...['virtual-network', 'security-group', 'resource-group', 'managed-identity'].map((meter) =>
      free(meter as 'virtual-network', NO_CHARGE),
    ),
  ],
}
