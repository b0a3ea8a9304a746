// OpenSearch: no root, no demo certificates, a heap that fits, and gates for what is there.
import { describe, expect, it } from 'vitest'
import type { OpenSearchValues } from '../schemas/charts/opensearch.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { openSearch } from './opensearch.ts'

const LEAST = { usersSecret: 'users' }
const DASHBOARDS = { dashboards: { accountSecret: 'account' } }

const rendered = (parameters: object): Manifest[] =>
  openSearch
    .render(
      exampleInput(openSearch as never, {
        name: 'search',
        parameters: { ...LEAST, ...parameters },
      }) as never,
    )
    .flatMap(({ objects }) => objects)
const releases = (parameters: object) =>
  rendered(parameters).filter(({ kind }) => kind === 'HelmRelease')
const valuesOf = (parameters: object): OpenSearchValues => {
  const [release] = releases(parameters)
  if (!release) throw new Error('no release')
  return (release.spec as { values: OpenSearchValues }).values
}
const faultsOf = (parameters: unknown): string[] =>
  openSearch.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('the parameters of opensearch', () => {
  it.each([
    ['no users', {}, 'usersSecret'],
    ['two instances, which cannot outvote each other', { ...LEAST, instances: 2 }, 'instances'],
    [
      'a password itself',
      { ...LEAST, dashboards: { accountSecret: 'a', password: 'b' } },
      'dashboards',
    ],
    ['too little memory', { ...LEAST, memory: { value: 1, unit: 'GiB' } }, 'memory'],
  ])('refuse %s', (_, parameters, path) => {
    expect(faultsOf(parameters)).toEqual([path])
  })
})

describe('the values of opensearch', () => {
  it.each([
    [8, 4096],
    [64, 31 * 1024],
  ])('of %i GiB give the heap %i MiB', (value, mib) => {
    expect(valuesOf({ memory: { value, unit: 'GiB' } }).opensearchJavaOpts).toBe(
      `-Xms${mib}m -Xmx${mib}m`,
    )
  })

  it('need nothing of the machine, and trust no demo certificate', () => {
    const values = valuesOf({})
    expect(values.persistence.enableInitChown).toBe(false)
    expect(values.sysctlInit.enabled).toBe(false)
    expect(values.extraEnvs[0]).toEqual({ name: 'DISABLE_INSTALL_DEMO_CONFIG', value: 'true' })
    expect(values.config['opensearch.yml']).toContain('node.store.allow_mmap: false\n')
    expect(values.config['opensearch.yml']).toContain('nodes_dn:\n  - CN=opensearch-node\n')
  })

  it('mount the certificate that is issued, under the name instances trust', () => {
    const peers = rendered({}).find(({ metadata }) => metadata.name === 'search-peers')
    expect(peers?.spec).toMatchObject({
      secretName: valuesOf({}).secretMounts[0].secretName,
      commonName: 'opensearch-node',
      dnsNames: ['opensearch.dbis.svc', 'opensearch.dbis.svc.cluster.local'],
      privateKey: { encoding: 'PKCS8' },
    })
  })

  it.each([
    [1, true],
    [3, false],
  ])('of %i instances say single: %s', (instances, singleNode) => {
    expect(valuesOf({ instances })).toMatchObject({ replicas: instances, singleNode })
  })
})

describe('Dashboards', () => {
  it('come only when asked, after the instances, with gates of their own', () => {
    const gates = (parameters: object) =>
      rendered(parameters).filter(({ kind }) => kind === 'NetworkPolicy').length
    expect(releases({})).toHaveLength(1)
    expect(releases(DASHBOARDS)[1]?.spec).toMatchObject({ dependsOn: [{ name: 'opensearch' }] })
    expect(gates(DASHBOARDS) - gates({})).toBe(2)
  })
})
