// Storage classes for a whole cluster: data outlives its claims unless somebody says otherwise, and Ceph takes
// only the disks it was given.
import { describe, expect, it } from 'vitest'
import type { CsiDriverNfsValues } from '../schemas/charts/csi-driver-nfs.ts'
import type { RookCephClusterValues } from '../schemas/charts/rook-ceph.ts'
import type { Manifest, Template } from '../schemas/template.ts'
import { cephStorage } from './ceph-storage.ts'
import { exampleInput } from './example-inputs.ts'
import { nfsStorage } from './nfs-storage.ts'

const releases = (template: unknown, parameters: object): Manifest[] => {
  const any = template as Template
  return any
    .render(exampleInput(any, { name: 'disks', parameters }))
    .flatMap(({ objects }) => objects)
    .filter(({ kind }) => kind === 'HelmRelease')
}
const valuesOf = <V>(release: Manifest | undefined): V => {
  if (!release) throw new Error('no release')
  return (release.spec as { values: V }).values
}

describe('NFS storage', () => {
  const NFS = { server: 'nfs.example.com', share: '/srv' }
  const nfs = (more: object = {}) =>
    valuesOf<CsiDriverNfsValues>(releases(nfsStorage, { ...NFS, ...more })[0])

  it('keeps what was deleted, both the volume and its directory', () => {
    expect(nfs().controller.defaultOnDeletePolicy).toBe('retain')
    expect(nfs().storageClass.reclaimPolicy).toBe('Retain')
    expect(nfs({ onDelete: 'delete' }).storageClass.reclaimPolicy).toBe('Delete')
  })

  it('mounts hard, each option once', () => {
    const { mountOptions } = nfs({
      version: '4.2',
      security: 'krb5p',
      mountOptions: ['nosuid', 'nosuid'],
    }).storageClass
    expect(mountOptions).toEqual(['nfsvers=4.2', 'sec=krb5p', 'hard', 'nosuid'])
  })

  it('gives every claim a directory of its own', () => {
    expect(nfs().storageClass.parameters.subDir).toBe(
      ['$', '{pvc.metadata.namespace}/$', '{pvc.metadata.name}-$', '{pv.metadata.name}'].join(''),
    )
  })

  it('keeps controllers apart when there are several', () => {
    expect(nfs().controller).not.toHaveProperty('affinity')
    expect(nfs({ replicas: 2 }).controller).toHaveProperty('affinity.podAntiAffinity')
  })

  it.each(['srv', '/srv/../etc', '/srv/', '/a b'])('refuses the share %s', (share) => {
    expect(nfsStorage.parameters.safeParse({ ...NFS, share }).success).toBe(false)
  })
})

describe('Ceph storage', () => {
  const NODES = ['a', 'b', 'c'].map((name) => ({ name, devices: ['sdb'] }))
  const ceph = (more: object = {}) =>
    valuesOf<RookCephClusterValues>(releases(cephStorage, { nodes: NODES, ...more })[1])

  it('installs the operator first', () => {
    const [operator, cluster] = releases(cephStorage, { nodes: NODES })
    expect(operator?.spec).not.toHaveProperty('dependsOn')
    expect(cluster?.spec).toMatchObject({ dependsOn: [{ name: 'rook-ceph' }] })
  })

  it('takes the disks it was given, and no others', () => {
    expect(ceph().cephClusterSpec.storage).toEqual({
      useAllNodes: false,
      useAllDevices: false,
      config: { encryptedDevice: 'true' },
      nodes: NODES.map(({ name }) => ({ name, devices: [{ name: 'sdb' }] })),
    })
  })

  it('offers files and buckets only when asked, in place of the chart’s own', () => {
    expect(ceph()).toMatchObject({ cephFileSystems: [], cephObjectStores: [] })
    const { cephFileSystems, cephObjectStores } = ceph({
      copies: 2,
      files: {},
      objects: { tlsSecret: 'gateway-tls' },
    })
    expect(cephFileSystems[0]?.spec.dataPools[0]?.replicated.size).toBe(2)
    expect(cephObjectStores[0]?.spec.gateway).toMatchObject({
      securePort: 443,
      sslCertificateRef: 'gateway-tls',
    })
    expect(cephObjectStores[0]?.spec.gateway).not.toHaveProperty('port')
  })

  it('has five monitors from five nodes on', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, devices: ['sdb'] }))
    expect(ceph().cephClusterSpec.mon.count).toBe(3)
    expect(ceph({ nodes: five }).cephClusterSpec.mon.count).toBe(5)
  })

  it('keeps the data of deleted claims', () => {
    const policies = (more: object) => {
      const { cephBlockPools, cephFileSystems, cephObjectStores } = ceph({
        files: {},
        objects: { tlsSecret: 'gateway-tls' },
        ...more,
      })
      return [...cephBlockPools, ...cephFileSystems, ...cephObjectStores].map(
        ({ storageClass }) => storageClass.reclaimPolicy,
      )
    }
    expect(policies({})).toEqual(['Retain', 'Retain', 'Retain'])
    expect(policies({ onDelete: 'delete' })).toEqual(['Delete', 'Delete', 'Delete'])
  })

  it.each([
    ['two nodes', { nodes: NODES.slice(1) }],
    ['a node twice', { nodes: [...NODES, NODES[0]] }],
    ['a disk that is a pattern', { nodes: [{ name: 'd', devices: ['^sd.'] }, ...NODES] }],
    ['a single copy', { copies: 1 }],
    ['buckets in the clear', { objects: {} }],
  ])('refuses %s', (_, more) => {
    expect(cephStorage.parameters.safeParse({ nodes: NODES, ...more }).success).toBe(false)
  })
})
