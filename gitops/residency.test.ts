// Where everything of a plan would be: rows for what templates really render, and who forbids a place.
import { describe, expect, it } from 'vitest'
import type { Region } from '../schemas/place.ts'
import type { Residency } from '../schemas/residency.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from '../templates/example-inputs.ts'
import { findTemplate, regionOf as inCatalogue, templates } from '../templates/index.ts'
import { render } from './render.ts'
import { judgeResidency } from './residency.ts'
import {
  hostOf,
  planned,
  regionOf,
  rulesOf,
  siteOf,
  snapshotOf,
  VM_REQUEST,
} from './world.fixture.ts'

const AT = 'rendered/core/60-x/x.yaml'
const CLUSTER = { name: 'core', region: 'eu-test', engine: 'flux', standIn: false } as const

interface Asked {
  residency?: Residency
  template?: string
  regions?: Region[]
  jurisdiction?: 'eu' | 'us' | 'ch' | 'br'
  parameters?: unknown
}

const judge = (
  objects: readonly Manifest[],
  { residency, template = 'x', regions, jurisdiction = 'eu', parameters = {} }: Asked = {},
) => {
  const world = snapshotOf({ regions: regions ?? [regionOf('eu-test', { jurisdiction })] })
  const tenant = { ...world.tenant, jurisdiction, ...(residency ? { residency } : {}) }
  const paths = objects.map((manifest) => ({ path: AT, manifest }))
  return judgeResidency(
    { template, parameters, objects: paths, placement: [], cluster: CLUSTER },
    { ...world, tenant },
  )
}

const azure = (kind: string, spec: object): Manifest => ({
  apiVersion: 'test.azure.com/v1',
  kind,
  metadata: { name: 'it' },
  spec,
})
const row = (objects: readonly Manifest[], what: string, asked: Asked = {}) =>
  judge(objects, asked).residency.find((line) => line.what.includes(what))

describe('copies that Azure makes by itself', () => {
  it.each(['GRS', 'RAGRS', 'GZRS', 'RAGZRS'])('%s is in the paired region too', (sku) => {
    const account = azure('StorageAccount', {
      ...{ location: 'westeurope', sku: { name: `Standard_${sku}` } },
    })
    const copy = row([account], 'geo-redundant copy')
    expect(copy).toMatchObject({ kind: 'replica', place: 'northeurope', verdict: 'allowed' })
  })

  it.each(['LRS', 'ZRS'])('%s is in its own region only', (sku) => {
    const spec = { location: 'westeurope', sku: { name: `Standard_${sku}` } }
    expect(row([azure('StorageAccount', spec)], 'copy')).toBeUndefined()
  })

  it('finds the pair over a border: Brazil keeps its copies in the United States', () => {
    const spec = { location: 'brazilsouth', backup: { geoRedundantBackup: 'Enabled' } }
    const { residency, findings } = judge([azure('FlexibleServer', spec)], { jurisdiction: 'br' })
    expect(residency).toContainEqual(
      expect.objectContaining({ place: 'southcentralus', jurisdiction: 'us', verdict: 'denied' }),
    )
    expect(findings).toMatchObject([
      {
        rule: 'REGION-ALLOWED',
        file: AT,
        pointer: '/spec/backup/geoRedundantBackup',
        message: expect.stringMatching(/paired with brazilsouth.*southcentralus \(us\)/),
        numbers: { denied: 1, places: residency.length, allowed: 1 },
      },
    ])
    expect(findings[0]?.fix).toContain('paired region')
    const without = azure('FlexibleServer', { location: 'brazilsouth', backup: {} })
    expect(judge([without], { jurisdiction: 'br' }).findings).toEqual([])
  })

  it('keeps a Swiss copy in Switzerland', () => {
    const spec = { location: 'switzerlandnorth', sku: { name: 'Standard_GRS' } }
    const asked = { jurisdiction: 'ch' } as const
    expect(row([azure('StorageAccount', spec)], 'copy', asked)?.place).toBe('switzerlandwest')
    expect(rulesOf(judge([azure('StorageAccount', spec)], asked).findings)).toEqual([])
    // For a tenant of the Union the account and its copy are two things too far away.
    const findings = judge([azure('StorageAccount', spec)]).findings
    expect(rulesOf(findings)).toEqual(['REGION-ALLOWED', 'REGION-ALLOWED'])
  })
})

describe('every template that renders a place', () => {
  /** Whatever an Azure object calls its location must be a row: the walk is held against the text of what is rendered. */
  it.each(templates.filter(({ records }) => !records).map(({ name }) => name))(
    '%s has a row for each of its locations',
    (name) => {
      const template = findTemplate(name)
      if (!template) throw new Error('no such template')
      for (const example of template.examples) {
        const { objects } = render(template, exampleInput(template, example))
        const { residency } = judgeResidency(
          { template: name, parameters: {}, objects, placement: [], cluster: CLUSTER },
          snapshotOf(),
        )
        const written = JSON.stringify(objects).match(/(?<="location":")[^"]+/g) ?? []
        const places = residency.map(({ place }) => place)
        for (const location of new Set(written)) {
          expect(places.filter((place) => place === location).length, location).toBeGreaterThan(0)
        }
        expect(residency.every(({ verdict }) => verdict !== 'denied')).toBe(true)
      }
    },
  )
})

describe('what leaves the cluster by an address', () => {
  const store = (configuration: object): Manifest => ({
    ...{ apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore', metadata: { name: 'it' } },
    spec: { configuration },
  })

  it.each([
    ['https://s3.eu-central-1.amazonaws.com', 'eu-central-1', 'allowed'],
    ['https://s3.us-east-1.amazonaws.com', 'us-east-1', 'denied'],
    ['https://s3.eu-west-2.amazonaws.com', 'eu-west-2', 'denied'],
    ['http://minio.storage.svc:9000', 'eu-test', 'allowed'],
    ['https://objects.example.com', null, 'unknown'],
  ])('backups at %s are in %s: %s', (endpointURL, place, verdict) => {
    const objects = [store({ endpointURL, destinationPath: 's3://backups' })]
    expect(row(objects, 'backups')).toMatchObject({ kind: 'backup', place, verdict })
    const pointer = '/spec/configuration/endpointURL'
    const denied = judge(objects).findings.filter(({ rule }) => rule === 'REGION-ALLOWED')
    expect(denied.map((found) => found.pointer)).toEqual(verdict === 'denied' ? [pointer] : [])
  })

  it('knows an Azure store by its account, where the same plan makes the account', () => {
    const destinationPath = 'https://backups.blob.core.windows.net/db'
    expect(row([store({ destinationPath })], 'backups')?.verdict).toBe('unknown')
    const account = azure('StorageAccount', { azureName: 'backups', location: 'eastus' })
    expect(row([store({ destinationPath }), account], 'backups')?.place).toBe('eastus')
  })

  it.each([
    [
      'velero',
      {
        configuration: {
          backupStorageLocation: [{ config: { s3Url: 'https://s3.us-west-2.amazonaws.com' } }],
        },
      },
    ],
    [
      'loki',
      { loki: { storage: { type: 's3', s3: { endpoint: 'https://s3.us-west-2.amazonaws.com' } } } },
    ],
  ])('finds the store of %s in its values', (name, values) => {
    const release = {
      ...{ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: { name } },
      spec: { values },
    }
    const { findings } = judge([release])
    expect(findings).toMatchObject([
      { rule: 'REGION-ALLOWED', pointer: expect.stringMatching(/^\/spec\/values\//) },
    ])
  })

  it('may be of no known place, unless the system denies a jurisdiction: then it is blocked', () => {
    const objects = [store({ endpointURL: 'https://objects.example.com' })]
    expect(judge(objects).findings).toMatchObject([{ rule: 'RESIDENCY-UNKNOWN', severity: 'warn' }])
    const { findings } = judge(objects, { template: 'the_order/data' })
    expect(rulesOf(findings)).toEqual(['RESIDENCY-UNPROVED', 'RESIDENCY-FORGE'])
    expect(findings[0]).toMatchObject({ severity: 'block', file: AT, numbers: { unproved: 1 } })
  })

  it('says of telemetry that only a Secret knows where it goes', () => {
    const collector = {
      ...{ apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector' },
      metadata: { name: 'it' },
      spec: {
        config: {
          exporters: {
            'azuremonitor/0': { connection_string: '…' },
            'otlphttp/1': { endpoint: 'https://westus2-3.in.applicationinsights.azure.com/' },
          },
        },
      },
    }
    const { residency, findings } = judge([collector])
    const logs = residency.filter(({ kind }) => kind === 'logs')
    expect(logs.map(({ place, verdict }) => [place, verdict])).toEqual([
      [null, 'unknown'],
      ['westus2', 'denied'],
    ])
    expect(rulesOf(findings)).toEqual(['REGION-ALLOWED', 'RESIDENCY-UNKNOWN'])
    expect(findings[1]?.numbers).toEqual({ unknown: 1, places: residency.length })
  })
})

describe('public DNS', () => {
  it('has no place: zones and records are said to be everywhere, and nothing is refused', () => {
    const zone = azure('DnsZone', { location: 'global' })
    const record = {
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: {
        name: 'www',
        annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'www.example.org' },
      },
    }
    const { residency, findings } = judge([zone, record])
    expect(residency.filter(({ place }) => place === 'global')).toHaveLength(2)
    expect(findings).toMatchObject([
      { rule: 'RESIDENCY-GLOBAL', severity: 'info', numbers: { global: 2, places: 5 } },
    ])
  })
})

describe('who forbids', () => {
  const inRegion = (location: string) => [azure('Vault', { location })]
  const verdict = (location: string, residency: Residency) =>
    judge(inRegion(location), { residency }).residency.find(({ kind }) => kind === 'vault')?.verdict

  it.each<[string, string, Residency, string]>([
    ['its own jurisdiction', 'westeurope', { allow: ['eu'] }, 'allowed'],
    ['another one', 'eastus', { allow: ['eu'] }, 'denied'],
    ['one that was allowed besides', 'eastus', { allow: ['eu', 'us'] }, 'allowed'],
    [
      'a region denied by name',
      'westeurope',
      { allow: ['eu'], denyRegions: ['westeurope'] },
      'denied',
    ],
    [
      'a region that is not on the list',
      'westeurope',
      { allow: ['eu'], regions: ['northeurope'] },
      'denied',
    ],
    ['a region that is', 'northeurope', { allow: ['eu'], regions: ['northeurope'] }, 'allowed'],
    ['one that nobody knows', 'atlantis', { allow: ['eu'] }, 'unknown'],
  ])('the tenant, %s', (_title, location, residency, expected) => {
    expect(verdict(location, residency)).toBe(expected)
  })

  it('names no jurisdiction that is not: each verdict is the catalogue’s', () => {
    for (const location of ['westeurope', 'eastus', 'uksouth', 'uaenorth']) {
      const line = judge(inRegion(location)).residency.find(({ kind }) => kind === 'vault')
      expect(line?.jurisdiction).toBe(inCatalogue(location)?.jurisdiction)
    }
  })

  it('the system, on top of a tenant that allows it, down to Phoenix’ own rows', () => {
    const asked = { residency: { allow: ['us', 'eu'] }, template: 'the_order/registry' } as const
    const ofTenant = {
      ...{ ...asked, regions: [regionOf('eu-test')] },
      residency: { allow: [...asked.residency.allow] },
    }
    const { findings } = judge(inRegion('eastus'), { ...ofTenant, jurisdiction: 'us' })
    expect(rulesOf(findings).sort()).toEqual([
      'REGION-ALLOWED',
      'RESIDENCY-CONTROL-PLANE',
      'RESIDENCY-FORGE',
    ])
    expect(findings.find(({ rule }) => rule === 'REGION-ALLOWED')?.message).toContain('system')
    expect(rulesOf(judge(inRegion('eastus'), { ...ofTenant, template: 'x' }).findings)).toEqual([])
  })
})

describe('dbis_core', () => {
  it('is held to the jurisdictions that its own parameters refuse', () => {
    const asked = (refused: string[]) => ({
      ...{ template: 'dbis_core/data', parameters: { residency: { primary: 'eu', refused } } },
      residency: { allow: ['eu' as const, 'us' as const] },
    })
    const there = [azure('StorageAccount', { location: 'eastus' })]
    expect(rulesOf(judge(there, asked(['us'])).findings)).toContain('REGION-ALLOWED')
    expect(rulesOf(judge(there, asked([])).findings)).toEqual([])
  })
})

describe('a plan', () => {
  it('says where its machines, its cluster, Phoenix and the forge are', () => {
    const { plan } = planned(VM_REQUEST, snapshotOf())
    expect(plan.residency.map(({ kind, place, verdict }) => [kind, place, verdict])).toEqual([
      ['compute', 'a', 'allowed'],
      ['compute', 'eu-test', 'allowed'],
      ['control-plane', null, 'allowed'],
      ['forge', null, 'unknown'],
    ])
    expect(rulesOf(plan.findings)).not.toContain('RESIDENCY-UNKNOWN')
  })

  it('marks what is simulated', () => {
    const regions = [regionOf('eu-test', { standIn: true })]
    const { plan } = planned(VM_REQUEST, snapshotOf({ regions }))
    expect(plan.residency.find(({ place }) => place === 'a')?.simulated).toBe(true)
    expect(planned(VM_REQUEST, snapshotOf()).plan.residency[0]?.simulated).toBe(false)
  })

  it('is blocked by a site in a region that is not allowed, and warned of one that nobody knows', () => {
    const sites = [siteOf('a', { region: 'far', hosts: [hostOf('a-1')] })]
    const at = (regions: Region[]) =>
      planned(VM_REQUEST, snapshotOf({ sites, regions: [regionOf('eu-test'), ...regions] })).plan
    const blocked = at([regionOf('far', { jurisdiction: 'us' })]).findings
    expect(blocked[0]).toMatchObject({ rule: 'REGION-ALLOWED', severity: 'block' })
    expect(blocked[0]?.message).toContain('in a (us)')
    expect(rulesOf(at([]).findings)).toContain('RESIDENCY-UNKNOWN')
  })

  it('reads where its tenant may be: another residency is another world', () => {
    const world = snapshotOf()
    const tenant = { ...world.tenant, residency: { allow: ['eu' as const, 'ch' as const] } }
    const [before, after] = [world, { ...world, tenant }].map(
      (one) => planned(VM_REQUEST, one).plan,
    )
    expect(after?.reads).not.toBe(before?.reads)
    const regions = [regionOf('eu-test', { tier: 'core' })]
    expect(planned(VM_REQUEST, { ...world, regions }).plan.reads).not.toBe(before?.reads)
  })
})
