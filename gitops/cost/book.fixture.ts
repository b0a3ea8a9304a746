// A made-up price book with round numbers, so that a test can be worked out on paper.
import { PriceBook } from '../../schemas/price-book.ts'

const row = (unit: string, leastMinor: number, mostMinor = leastMinor, per = 1) => ({
  ...{ unit, leastMinor, mostMinor, per, source: 'made up for a test' },
})
const azure = (meter: string, sku: string | null, ...price: Parameters<typeof row>) => ({
  meter,
  ...(sku === null ? {} : { sku }),
  ...row(...price),
})

export const testBook = (more: object = {}): PriceBook =>
  PriceBook.parse({
    ...{ name: 'test', version: '1', date: '2026-11-01', currency: 'EUR', standIn: false },
    jurisdictions: ['eu'],
    ownHardware: [
      { prices: [row('vCPU', 300), row('GiB memory', 100, 150), row('GiB disk', 10, 20, 10)] },
      { tier: 'edge', prices: [row('vCPU', 900), row('GiB memory', 400), row('GiB disk', 5)] },
      { site: 'dear', prices: [row('vCPU', 1000), row('GiB memory', 500), row('GiB disk', 7)] },
    ],
    azure: [
      azure('resource-group', null, 'group', 0),
      azure('aks-node', 'Standard_D4s_v5', 'node', 10_000),
      azure('aks-node', 'Standard_E16s_v5', 'node', 70_000, 80_000),
      { ...azure('aks-node', 'Standard_E16s_v5', 'node', 90_000), locations: ['northeurope'] },
      azure('node-disk', null, 'GiB', 1500, 1500, 100),
      azure('postgres-server', 'Standard_D4ds_v5', 'server', 26_000),
      azure('postgres-storage', null, 'GiB', 12),
      azure('application-gateway', 'WAF_v2', 'gateway', 32_000),
      azure('application-gateway-capacity', 'WAF_v2', 'capacity unit', 1000),
      azure('firewall-policy', null, 'policy', 0),
      azure('public-ip', 'Standard', 'address', 365),
      azure('managed-identity', null, 'identity', 0),
      azure('log-ingestion', 'PerGB2018', 'GB', 276),
    ],
    ...more,
  })
