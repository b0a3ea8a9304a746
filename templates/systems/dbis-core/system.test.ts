// dbis_core against its source: the rows typed a second time, sums, what is rendered for each row, and the order of work.
import { describe, expect, it } from 'vitest'
import { loadJudge } from '../../../functions/cli/k8s-judge.ts'
import { guard } from '../../../gitops/guard.ts'
import { render } from '../../../gitops/render.ts'
import {
  KeysMade,
  QuotaRaised,
  Restored,
  WhereReplicasStand,
} from '../../../schemas/tasks/dbis-core.ts'
import type { Manifest } from '../../../schemas/template.ts'
import { CreateTenant } from '../../../schemas/tenant.ts'
import { exampleInput } from '../../example-inputs.ts'
import { phaseTemplate } from '../phase-template.ts'
import { derivedTotals } from '../totals.ts'
import { roomNeeded } from './room.ts'
import { dbisCore } from './system.ts'

const { components, phases, parameters: schema } = dbisCore
const NAME = 'dbis-core'

/** Id, count, cores, GB of memory, disk and its unit: from the source, ranges as it has them. Null is "+". */
const TABLE = [
  ['application', [3, null], [4, 4], [8, 8], undefined, undefined],
  ['load-balancer', [1, 1], undefined, undefined, undefined, undefined],
  ['tls-certificate', [1, 1], undefined, undefined, undefined, undefined],
  ['database-primary', [1, 1], [8, 16], [32, 64], [0.5, 2], 'TB'],
  ['database-replica', [2, null], [8, 16], [32, 64], [0.5, 2], 'TB'],
  ['redis', [2, null], [2, 4], [8, 16], [50, 100], 'GB'],
  ['blob-storage', [1, 1], undefined, undefined, undefined, undefined],
  ['secrets', [1, 1], undefined, undefined, undefined, undefined],
  ['network-policies', [1, 1], undefined, undefined, undefined, undefined],
  ['second-region', [0, null], [8, 16], [32, 64], [0.5, 2], 'TB'],
  ['operators', [0, 1], undefined, undefined, undefined, undefined],
  ['monitoring', [0, 1], undefined, undefined, undefined, undefined],
  ...[
    ...['hsm', 'backup-store', 'migrations', 'ci-cd', 'container-registry', 'security-audit'],
    ...['iso-20022', 'fx-engine', 'cbdc', 'compliance'],
  ].map((id) => [id, [1, 1], undefined, undefined, undefined, undefined]),
  ['central-bank', [33, 33], undefined, undefined, undefined, undefined],
]
const ends = (range: { least: number; most: number | null } | undefined) =>
  range && [range.least, range.most]

describe('the rows', () => {
  it('are those of the source, field by field', () => {
    const rows = components.map(({ id, count, each }) => [
      ...[id, ends(count), ends(each?.cores), ends(each?.memory), ends(each?.disk)],
      each?.disk?.unit,
    ])
    expect(rows).toEqual(TABLE)
    for (const { each } of components) expect(each?.memory?.unit ?? 'GB').toBe('GB')
  })

  it('sum to more cores and memory than the source declares, and to its disks', () => {
    const rows = components.map((row) => ({
      ...row,
      count: { ...row.count, most: row.count.least },
    }))
    const { cores, memory, disk } = derivedTotals(rows, ['rendered'])
    const { declaredTotals: declared } = dbisCore
    expect([ends(cores), memory.map(ends)]).toEqual([[40, 68], [[136, 248]]])
    expect([ends(declared.cores), ends(declared.memory)]).toEqual([
      [32, 68],
      [104, 224],
    ])
    const inTB = (end: 'least' | 'most') =>
      disk.reduce((sum, { unit, [end]: n }) => sum + (n ?? 0) / (unit === 'TB' ? 1 : 1000), 0)
    expect([inTB('least'), inTB('most')].map((n) => n.toFixed(1))).toEqual(['1.6', '6.2'])
    expect([ends(declared.disk), declared.disk?.unit]).toEqual([[1.6, 6.2], 'TB'])
    expect(derivedTotals(components, ['rendered']).cores.most).toBeNull()
  })

  it('print the totals that the source prints for a row, which are right', () => {
    for (const { id, count, each, declared } of components) {
      for (const field of ['cores', 'memory'] as const) {
        const [of, total] = [each?.[field], declared?.[field]]
        if (!of || !total) continue
        expect(total.least, id).toBe(of.least * count.least)
        if (total.most !== null) expect(total.most, id).toBe((of.most ?? 0) * count.least)
      }
    }
  })

  it('stand on rows that are there, and are made in phases that are there', () => {
    const ids = new Set(components.map(({ id }) => id))
    const phaseIds = new Set(phases.map(({ id }) => id))
    for (const { id, dependsOn, phase } of components) {
      for (const other of dependsOn) expect(ids, id).toContain(other)
      expect(phaseIds, id).toContain(phase)
    }
    expect(ids.size).toBe(components.length)
  })
})

const SECOND = dbisCore.examples[1]?.parameters as Record<string, unknown>
const BUCKET = {
  documents: { kind: 's3', endpoint: 'https://objects.example.com:9000', bucket: 'documents' },
}
const S3 = {
  kind: 's3',
  endpoint: 'https://objects.example.com',
  bucket: 'backups',
  secret: 'store',
}
const INSTALL = { install: { certManager: true, operators: true, monitoring: true } }
const ENDPOINT = {
  documents: { kind: 'storage-account', subnet: { network: 'net', subnet: 'endpoints' } },
}
const CASES: [title: string, parameters: object][] = [
  ['the defaults', {}],
  ['the second example', SECOND],
  ['the most', { size: 'maximum', nodes: 'preferred', storageClass: 'fast' }],
  ['a bucket', BUCKET],
  ['a private endpoint', ENDPOINT],
  ['everything installed', INSTALL],
]

const inputOf = (id: string, parameters: unknown, engine: 'argocd' | 'flux' = 'argocd') => {
  const phase = phases.find((candidate) => candidate.id === id)
  if (!phase) throw new Error(`no phase ${id}`)
  const template = phaseTemplate(dbisCore, phase) as never
  const name = `${NAME}-${id}`
  return { template, input: exampleInput(template, { name, parameters }, engine) }
}
const objectsOf = (id: string, parameters: unknown): Manifest[] => {
  const { template, input } = inputOf(id, parameters)
  return render(template, input).objects.map(({ manifest }) => manifest)
}
const allObjects = (parameters: unknown) => phases.flatMap(({ id }) => objectsOf(id, parameters))
const find = (objects: Manifest[], kind: string, name: string): Manifest => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
  if (!found) throw new Error(`no ${kind} ${name}`)
  return found
}
const amounts = (cpu: string, memory: string) => ({
  requests: { cpu, memory },
  limits: { cpu, memory },
})

describe('what is rendered', () => {
  it.each([
    ['minimum', ['8', '32G', '500G'], ['2', '8G', '50G']],
    ['maximum', ['16', '64G', '2T'], ['4', '16G', '100G']],
  ])('has the sizes of the %s', (size, [cores = '', memory = '', disk], cache) => {
    const [cpu = '', ram = '', volume] = cache
    expect(find(objectsOf('database', { size }), 'Cluster', 'dbis-core-db').spec).toMatchObject({
      instances: 3,
      resources: amounts(cores, memory),
      storage: { size: disk },
      postgresql: { pg_hba: ['hostnossl all all all reject'] },
    })
    const storage = objectsOf('cache-storage', { size })
    expect(find(storage, 'RedisReplication', 'dbis-core-cache').spec).toMatchObject({
      clusterSize: 2,
      kubernetesConfig: { resources: amounts(cpu, ram) },
      storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: volume } } } } },
    })
    const application = objectsOf('application', { size })
    expect(find(application, 'Rollout', 'dbis-core-app').spec).toMatchObject({
      strategy: { blueGreen: { autoPromotionEnabled: false } },
      template: { spec: { containers: [{ resources: amounts('4', '7630Mi') }] } },
    })
    expect(find(application, 'HorizontalPodAutoscaler', 'dbis-core-app').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
    })
  })

  it('keeps the databases of both regions: a full backup each day, the log within the hour', () => {
    for (const [phase, name] of [
      ['database', 'dbis-core-db'],
      ['multi-region', 'dbis-core-db-second'],
    ] as const) {
      const objects = objectsOf(phase, SECOND)
      expect(find(objects, 'ScheduledBackup', name).spec).toMatchObject({
        schedule: expect.stringMatching(/^0 \d+ \d+ \* \* \*$/),
      })
      const { plugins, postgresql } = find(objects, 'Cluster', name).spec as {
        plugins: { isWALArchiver: boolean }[]
        postgresql: { parameters: Record<string, string> }
      }
      expect(plugins.some(({ isWALArchiver }) => isWALArchiver)).toBe(true)
      // Five minutes unless it is set: the default of CloudNativePG.
      expect(['5min', undefined]).toContain(postgresql.parameters?.archive_timeout)
    }
  })

  it('is made of what each row says it is built from', () => {
    const full = schema.parse({ ...ENDPOINT, ...INSTALL, secondRegion: SECOND.secondRegion })
    for (const { id, basis, phase, builtFrom } of components) {
      if (!['rendered', 'optional'].includes(basis)) continue
      const blocks = phases.flatMap((of) => of.blocks(full, NAME).map((b) => [of.id, b] as const))
      const used = blocks.filter(([, { template }]) => builtFrom.includes(template.name))
      expect(new Set(used.map(([, { template }]) => template.name)), id).toEqual(new Set(builtFrom))
      expect(
        used.map(([of]) => of),
        id,
      ).toContain(phase)
    }
    for (const row of components.filter(({ basis }) => basis === 'rendered')) {
      expect(objectsOf(row.phase ?? '', {}).length, row.id).toBeGreaterThan(0)
    }
  })

  it('leads from the public name to the application, with a certificate that is made', () => {
    const objects = objectsOf('application', {})
    const cert = find(objects, 'Certificate', 'dbis-core-cert').spec as { secretName: string }
    expect(find(objects, 'Ingress', 'dbis-core-web').spec).toMatchObject({
      tls: [{ hosts: ['core.dbis.example'], secretName: cert.secretName }],
      rules: [{ http: { paths: [{ backend: { service: { name: 'dbis-core-app' } } }] } }],
    })
  })

  it.each(CASES)('names no Secret that nothing makes: %s', (_, parameters) => {
    const objects = allObjects(parameters)
    const made = new Map<string, string[]>([
      ['dbis-core-db-app', ['uri']],
      ['dbis-core-db-ca', ['ca.crt']],
      ...objects
        .filter(({ kind }) => kind === 'ExternalSecret')
        .map(({ spec }) => {
          const { target, data } = spec as {
            target: { name: string }
            data: { secretKey: string }[]
          }
          return [target.name, data.map(({ secretKey }) => secretKey)] as [string, string[]]
        }),
    ])
    const text = JSON.stringify(objects.filter(({ kind }) => kind === 'Rollout'))
    const refs = [...text.matchAll(/"secretKeyRef":\{"name":"([^"]+)","key":"([^"]+)"\}/g)]
    expect(refs.length).toBeGreaterThanOrEqual(5)
    for (const [, name = '', key] of refs) expect(made.get(name), name).toContain(key)
    const stores = JSON.stringify(objects.filter(({ kind }) => kind === 'ObjectStore'))
    const storeRefs = [...stores.matchAll(/\{"name":"([^"]+)","key":"([^"]+)"\}/g)]
    expect(storeRefs.length).toBeGreaterThanOrEqual(2)
    for (const [, name = '', key] of storeRefs) expect(made.get(name), name).toContain(key)
    const redis = find(objects, 'RedisReplication', 'dbis-core-cache')
    expect(redis.spec).toMatchObject({
      kubernetesConfig: { redisSecret: { name: 'dbis-core-cache-auth', key: 'password' } },
    })
    expect(made.get('dbis-core-cache-auth')).toEqual(['password'])
  })

  it('opens gates for what the application calls, and for nothing else', () => {
    const gates = (parameters: object) =>
      [...objectsOf('infrastructure', parameters), ...objectsOf('hsm', parameters)]
        .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && /-out$/.test(metadata.name))
        .map(({ metadata }) => metadata.name.replace(/^.*-allow-|-out$/g, ''))
    expect(gates({})).toEqual(['database', 'cache', 'documents', 'sign-in', 'hsm'])
    expect(gates(BUCKET)).toEqual(['database', 'cache', 'documents', 'hsm'])
    const partners = [{ name: 'cbdc', network: '198.51.100.0/24', port: 8443 }]
    expect(gates({ partners })).toContain('to-cbdc')
  })

  it('goes to the cluster that was named, and the second database to the second', () => {
    const parameters = schema.parse(SECOND)
    for (const phase of phases) {
      const cluster = phase.id === 'multi-region' ? 'weu-aks' : 'loc-mgmt'
      const blocks = phase.blocks(parameters, NAME)
      for (const { template, parameters: own } of blocks) {
        expect(template.cluster(template.parameters.parse(own)), phase.id).toBe(cluster)
      }
      if (blocks.length === 0) continue
      expect(phaseTemplate(dbisCore, phase).cluster(parameters)).toBe(cluster)
    }
    const second = find(objectsOf('multi-region', SECOND), 'Cluster', 'dbis-core-db-second')
    expect(second.spec).toMatchObject({ replica: { enabled: true, source: 'dbis-core-db' } })
    expect(objectsOf('multi-region', {})).toEqual([])
  })

  it('fits with the longest name of an instance', () => {
    for (const { id } of phases) {
      const { template } = inputOf(id, SECOND)
      const name = `${'a'.repeat(20)}-${id}`
      const input = exampleInput(template, { name, parameters: { ...SECOND, ...ENDPOINT } })
      const rendered = render(template, input)
      const options = { tenantSlug: 'dbis', cluster: input.cluster.name, guardsLifted: false }
      expect(guard(rendered, rendered.files, options), id).toEqual([])
      for (const { manifest } of rendered.objects) {
        if (!/^(?:Service|Cluster|Rollout|Redis)/.test(manifest.kind)) continue
        expect(manifest.metadata.name.length, manifest.kind).toBeLessThanOrEqual(63)
      }
    }
  })

  it('has no two blocks of one name, and names that fit', () => {
    const all = schema.parse({ ...ENDPOINT, ...INSTALL, secondRegion: SECOND.secondRegion })
    const ids = phases.flatMap((phase) => phase.blocks(all, NAME).map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of [...ids, ...phases.map(({ id }) => id)]) {
      expect(id).toMatch(/^[a-z][a-z0-9-]{0,17}[a-z0-9]$/)
    }
  })
})

const judge = loadJudge()
if ('absent' in judge) console.log(`skipped: ${judge.absent}`)

describe.each(CASES)('with %s', (_, parameters) => {
  const rendering = phases
    .filter((phase) => phase.blocks(schema.parse(parameters), NAME).length > 0)
    .flatMap(({ id }) => [
      { id, engine: 'argocd' as const },
      { id, engine: 'flux' as const },
    ])

  it.each(rendering)('$id passes our guard on $engine', ({ id, engine }) => {
    const { template, input } = inputOf(id, parameters, engine)
    const rendered = render(template, input)
    const options = { tenantSlug: 'dbis', cluster: input.cluster.name, guardsLifted: false }
    expect(guard(rendered, rendered.files, options)).toEqual([])
  })

  it.skipIf('absent' in judge).each(rendering)('$id is valid on $engine', ({ id, engine }) => {
    if ('absent' in judge) return
    const { template, input } = inputOf(id, parameters, engine)
    for (const { path, manifest } of render(template, input).objects) {
      expect(judge.judge(manifest), path).toEqual([])
    }
  })
})

describe('the order of work', () => {
  it('has each phase after those it waits on, and HSM and regions before the audit', () => {
    const before = (id: string): string[] => {
      const index = phases.findIndex((phase) => phase.id === id)
      const direct =
        phases[index]?.after ?? phases.slice(Math.max(index - 1, 0), index).map((p) => p.id)
      return [...direct, ...direct.flatMap(before)]
    }
    const seen = new Set<string>()
    for (const { id, after = [] } of phases) {
      for (const first of after) expect(seen, id).toContain(first)
      seen.add(id)
    }
    expect(before('application')).toEqual(
      expect.arrayContaining(['hsm', 'database', 'cache-storage']),
    )
    expect(before('hsm')).toContain('database')
    expect(before('multi-region')).toContain('hsm')
    expect(before('testing')).toEqual(expect.arrayContaining(['audit', 'multi-region']))
  })

  it('has tasks after tasks of the same phase and time', () => {
    for (const phase of phases) {
      const seen = new Map<string, string>()
      for (const { id, after, when } of phase.tasks) {
        expect(seen.has(id), id).toBe(false)
        for (const first of after) expect(seen.get(first), id).toBe(when)
        seen.set(id, when)
      }
    }
  })

  it('needs prerequisites that are described, each of them somewhere', () => {
    const needed = phases.flatMap(({ needs }) => needs)
    expect([...needed].sort()).toEqual(dbisCore.prerequisites.map(({ id }) => id).sort())
    expect(phases.find(({ id }) => id === 'hsm')?.needs).toEqual(['hsm'])
  })

  it.each(CASES)('has a runbook without gaps: %s', (_, parameters) => {
    for (const { tasks } of phases) {
      for (const { id, steps } of tasks) {
        const text = steps({ name: NAME, parameters: schema.parse(parameters) })
        expect(text.length, id).toBeGreaterThanOrEqual(2)
        expect(text.join('\n'), id).not.toMatch(/undefined|\[object|NaN/)
      }
    }
  })
})

describe('room', () => {
  it('is more than the default quota of a tenant base', () => {
    expect(roomNeeded(schema.parse({}), NAME)).toEqual({
      cpuCores: 79,
      memoryGiB: 197,
      storageGiB: 1630,
      pods: 21,
    })
  })

  it('is asked for in full even at the least', () => {
    const least = roomNeeded(schema.parse({ application: { moreUnderLoad: 0 } }), NAME)
    expect(QuotaRaised.safeParse(least).success).toBe(true)
    for (const field of ['cpuCores', 'memoryGiB', 'storageGiB', 'pods'] as const) {
      expect(QuotaRaised.safeParse({ ...least, [field]: least[field] - 1 }).success).toBe(false)
    }
  })
})

const JURISDICTIONS = ['eu', 'us', 'ch', 'uk', 'ae', 'sg', 'au', 'ca', 'jp', 'br']
const banks = (n: number) =>
  Array.from({ length: n }, (_, index) => ({
    slug: `central-bank-${index + 1}`,
    name: `Central Bank ${index + 1}`,
    jurisdiction: JURISDICTIONS[index % JURISDICTIONS.length],
  }))
const faultsOf = (parameters: object) =>
  schema.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('central banks', () => {
  it('become 33 tenants, each with its own residency', () => {
    const parameters = schema.parse({ centralBanks: banks(33) })
    const requests = dbisCore.documents.tenants?.({ name: NAME, parameters }) as unknown[]
    const tenants = requests.map((request) => CreateTenant.parse(request))
    expect(tenants.map(({ slug, jurisdiction }) => [slug, jurisdiction])).toEqual(
      banks(33).map(({ slug, jurisdiction }) => [slug, jurisdiction]),
    )
    expect(new Set(tenants.map(({ repository }) => repository)).size).toBe(33)
    expect(new Set(tenants.map(({ jurisdiction }) => jurisdiction)).size).toBe(10)
  })

  it('are none unless they are named', () => {
    expect(dbisCore.documents.tenants?.({ name: NAME, parameters: schema.parse({}) })).toEqual([])
  })

  it.each([
    ['a 34th', banks(34), 'centralBanks'],
    ['one slug twice', [...banks(2), ...banks(1)], 'centralBanks'],
    [
      'a slug that is the platform’s',
      [{ ...banks(1)[0], slug: 'platform' }],
      'centralBanks/0/slug',
    ],
    ['no repository’s owner', [{ ...banks(1)[0], slug: 'a'.repeat(40) }], 'centralBanks/0/slug'],
    ['a place unheard of', [{ ...banks(1)[0], jurisdiction: 'xx' }], 'centralBanks/0/jurisdiction'],
  ])('refuse %s', (_, centralBanks, path) => {
    expect(faultsOf({ centralBanks })).toEqual([path])
  })
})

describe('the parameters', () => {
  const secondRegion = SECOND.secondRegion as Record<string, unknown>
  it.each([
    ['a primary where it may not be', { residency: { refused: ['eu'] } }, 'residency/primary'],
    [
      'a replica where it may not be',
      { residency: { refused: ['us'] }, secondRegion: { ...secondRegion, jurisdiction: 'us' } },
      'secondRegion/jurisdiction',
    ],
    [
      'a second region on the first cluster',
      { cluster: 'weu-aks', secondRegion },
      'secondRegion/cluster',
    ],
    ['fewer instances than 3', { application: { instances: 2 } }, 'application/instances'],
    ['fewer replicas than 2', { database: { replicas: 1 } }, 'database/replicas'],
    [
      'a Secret’s name that the system uses itself',
      { backup: { store: { ...S3, secret: 'dbis-core-cache-auth' } } },
      'backup/store/secret',
    ],
    ['one cache', { cache: { instances: 1 } }, 'cache/instances'],
    [
      'another HSM_PIN',
      { application: { env: [{ name: 'HSM_PIN', secretKeyRef: { name: 'a', key: 'b' } }] } },
      'application/env',
    ],
    [
      'a secret by value',
      { application: { env: [{ name: 'API_TOKEN', value: 'x' }] } },
      'application/env/0',
    ],
  ])('refuse %s', (_, parameters, path) => {
    expect(faultsOf(parameters)).toEqual([path])
  })
})

describe('what is reported', () => {
  const digest = `sha256:${'0'.repeat(64)}`
  it('leaves a custodian to spare', () => {
    const ceremony = {
      modules: [{ serial: 'HSM-0001' }],
      certification: 'FIPS 140-3 level 3',
      ...{ custodians: 5, quorum: 3, publicKeyDigest: digest, minutesDigest: digest },
    }
    expect(KeysMade.safeParse(ceremony).success).toBe(true)
    expect(KeysMade.safeParse({ ...ceremony, quorum: 5 }).success).toBe(false)
  })

  it('loses at most the hour between increments', () => {
    const drill = { backup: 'dbis-core-db-1', failedAt: '2026-01-01T12:00:00Z', minutesTaken: 40 }
    const ok = (restoredTo: string) => Restored.safeParse({ ...drill, restoredTo }).success
    expect(ok('2026-01-01T11:00:00Z')).toBe(true)
    expect(ok('2026-01-01T10:59:59Z')).toBe(false)
    expect(ok('2026-01-01T12:00:01Z')).toBe(false)
  })

  it('says of every replica where it stands, and names one primary', () => {
    const replica = (index: number, role = 'replica') => ({
      ...{ name: `db-${index}`, role, region: 'westeurope', jurisdiction: 'eu', lagSeconds: 1 },
    })
    const ok = (replicas: unknown[]) => WhereReplicasStand.safeParse({ replicas }).success
    expect(ok([replica(1, 'primary'), replica(2), replica(3)])).toBe(true)
    expect(ok([replica(1), replica(2), replica(3)])).toBe(false)
    expect(ok([replica(1, 'primary'), replica(2)])).toBe(false)
  })
})
