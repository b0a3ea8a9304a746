// Postgres: what its parameters refuse, and what they change in the objects.
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { quantity } from './parts/resources.ts'
import { postgres } from './postgres.ts'

const S3 = {
  kind: 's3',
  endpoint: 'https://s3.example.com:9000',
  bucket: 'backups',
  secret: 'store',
}
const BACKUP = { store: S3 }

const faultsOf = (parameters: unknown): string[] =>
  postgres.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

const rendered = (parameters: object, guardsLifted = false): Manifest[] => {
  const input = exampleInput(postgres as never, { name: 'db', parameters })
  return postgres.render({ ...input, guardsLifted } as never).flatMap(({ objects }) => objects)
}
const specOf = (objects: Manifest[], kind: string, name = 'db') =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)?.spec

describe('the parameters of postgres', () => {
  it('need nothing but a place for backups', () => {
    expect(faultsOf({ backup: BACKUP })).toEqual([])
    expect(faultsOf({})).toEqual(['backup'])
  })

  it.each([
    [
      'more synchronous replicas than replicas',
      { instances: 2, synchronousReplicas: 2 },
      'synchronousReplicas',
    ],
    ['a version nobody maintains', { version: '12' }, 'version'],
    ['the superuser as owner', { owner: 'postgres' }, 'owner'],
    ['too much memory', { memory: { value: 129, unit: 'GiB' } }, 'memory'],
    ['too little storage', { storage: { value: 1, unit: 'MB' } }, 'storage'],
    [
      'a store in the clear',
      { backup: { store: { ...S3, endpoint: 'http://s3.example.com' } } },
      'backup/store/endpoint',
    ],
    [
      'an endpoint that is no address',
      { backup: { store: { ...S3, endpoint: 'https://s3.example.com:70000' } } },
      'backup/store/endpoint',
    ],
    [
      'a password in the address',
      { backup: { store: { ...S3, endpoint: 'https://a:b@s3.example.com' } } },
      'backup/store/endpoint',
    ],
    ['a credential itself', { backup: { store: { ...S3, accessKey: 'x' } } }, 'backup/store'],
  ])('refuse %s', (_, parameters, path) => {
    expect(faultsOf({ backup: BACKUP, ...parameters })).toEqual([path])
  })
})

describe('the objects of postgres', () => {
  it.each([
    [1, undefined],
    [2, undefined],
    [3, 1],
  ])('with %i instances, %s of the replicas must hold each commit', (instances, number) => {
    const spec = specOf(rendered({ instances, backup: BACKUP }), 'Cluster') as {
      postgresql: { synchronous?: { number: number } }
    }
    expect(spec.postgresql.synchronous?.number).toBe(number)
  })

  it('refuse connections without TLS when asked', () => {
    const hba = (parameters: object) =>
      (specOf(rendered({ ...parameters, backup: BACKUP }), 'Cluster') as { postgresql: object })
        .postgresql
    expect(hba({ requireTls: true })).toMatchObject({ pg_hba: ['hostnossl all all all reject'] })
    expect(hba({})).not.toHaveProperty('pg_hba')
  })

  it('follow another cluster from its archive, and delete nothing there', () => {
    const objects = rendered({
      instances: 3,
      replicaOf: { name: 'first', store: { ...S3, endpoint: 'https://far.example.com:9100' } },
      backup: BACKUP,
    })
    expect(specOf(objects, 'Cluster')).toMatchObject({
      bootstrap: { recovery: { source: 'first', database: 'app', owner: 'app' } },
      replica: { enabled: true, source: 'first' },
      externalClusters: [
        { plugin: { parameters: { barmanObjectName: 'db-source', serverName: 'first' } } },
      ],
    })
    expect(specOf(objects, 'Cluster')).not.toHaveProperty('postgresql.synchronous')
    expect(specOf(objects, 'ObjectStore', 'db-source')).not.toHaveProperty('retentionPolicy')
    expect(specOf(objects, 'NetworkPolicy', 'db-allow-control-and-store')).toMatchObject({
      egress: [{ ports: [443, 6443, 9000, 9100].map((port) => ({ port })) }],
    })
  })

  it('reach the store on its port', () => {
    const out = specOf(rendered({ backup: BACKUP }), 'NetworkPolicy', 'db-allow-control-and-store')
    expect(out).toMatchObject({
      egress: [{ ports: [{ port: 443 }, { port: 6443 }, { port: 9000 }] }],
    })
  })

  it('lose their guards only when these are lifted', () => {
    const guards = (lifted: boolean) =>
      rendered({ backup: BACKUP }, lifted)
        .filter(({ metadata }) => metadata.annotations !== undefined)
        .map(({ kind }) => kind)
    expect(guards(false).sort()).toEqual(['Cluster', 'ObjectStore'])
    expect(guards(true)).toEqual([])
  })
})

describe('a size in Kubernetes', () => {
  it.each([
    [{ value: 500, unit: 'GB' }, '500G'],
    [{ value: 32, unit: 'GiB' }, '32Gi'],
    [{ value: 0.5, unit: 'TB' }, '476838Mi'],
    [{ value: 1.5, unit: 'GiB' }, '1536Mi'],
  ] as const)('%o is %s', (size, text) => {
    expect(quantity(size)).toBe(text)
  })
})
