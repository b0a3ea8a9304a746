// The vault: TLS on every listener, an audit log that is always on, and an unsealing key that is only named.
import { describe, expect, it } from 'vitest'
import { shapeFaults } from '../gitops/shapes.ts'
import type { OpenbaoConfig, OpenbaoValues } from '../schemas/charts/openbao.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { vault } from './vault.ts'

const LEAST = {
  unseal: {
    keyVault: 'prod-kv',
    key: 'unseal',
    entraTenantId: '00000000-0000-4000-8000-000000000001',
    clientId: '00000000-0000-4000-8000-000000000002',
  },
  tlsSecret: 'vault-tls',
}

const releaseOf = (more: object = {}) => {
  const objects = vault
    .render(
      exampleInput(vault as never, { name: 'safe', parameters: { ...LEAST, ...more } }) as never,
    )
    .flatMap(({ objects }) => objects)
  const release = objects.find(({ kind }) => kind === 'HelmRelease')
  if (!release) throw new Error('no release')
  return release as Manifest & { spec: { values: OpenbaoValues } }
}
const serverOf = (more?: object) => releaseOf(more).spec.values.server
const configOf = (more?: object): OpenbaoConfig => JSON.parse(serverOf(more).ha.raft.config)

describe('a vault', () => {
  it('is unsealed by a key in Azure, as an identity without a secret', () => {
    expect(configOf().seal).toEqual([
      {
        azurekeyvault: {
          tenant_id: LEAST.unseal.entraTenantId,
          vault_name: 'prod-kv',
          key_name: 'unseal',
        },
      },
    ])
    expect(serverOf()).toMatchObject({
      extraLabels: { 'azure.workload.identity/use': 'true' },
      serviceAccount: {
        annotations: { 'azure.workload.identity/client-id': LEAST.unseal.clientId },
      },
      extraEnvironmentVars: { BAO_AZUREKEYVAULT_AUTH_METHOD: 'workload_identity' },
    })
  })

  it('has every server join every other under the one name of the certificate', () => {
    const { retry_join } = configOf({ replicas: 5 }).storage.raft
    expect(retry_join.map(({ leader_api_addr }) => leader_api_addr)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `https://openbao-${index}.openbao-internal:8200`),
    )
    expect(new Set(retry_join.map((join) => join.leader_tls_servername))).toEqual(
      new Set(['openbao.dbis.svc']),
    )
  })

  it('writes its audit log to the volume that is made for it', () => {
    expect(configOf().audit[0].file['to-disk'].options.file_path).toBe('/openbao/audit/audit.log')
    expect(serverOf().auditStorage).toEqual({ enabled: true, size: '20Gi' })
  })

  it('is refused with a secret or a listener in the clear', () => {
    const release = releaseOf()
    expect(shapeFaults(release)).toEqual([])
    const withConfig = (change: (config: OpenbaoConfig) => void) => {
      const copy = structuredClone(release)
      const config: OpenbaoConfig = JSON.parse(copy.spec.values.server.ha.raft.config)
      change(config)
      copy.spec.values.server.ha.raft.config = JSON.stringify(config)
      return shapeFaults(copy)
    }
    expect(withConfig(() => {})).toEqual([])
    const at = ['/spec/values/server/ha/raft/config']
    expect(
      withConfig(({ seal }) => Object.assign(seal[0].azurekeyvault, { client_secret: 'x' })),
    ).toEqual(at)
    expect(
      withConfig(({ listener }) => Object.assign(listener[0].tcp, { tls_disable: true })),
    ).toEqual(at)
  })

  it('asks the cluster about tokens only when it is told to', () => {
    expect(serverOf().authDelegator.enabled).toBe(false)
    expect(serverOf({ kubernetesAuth: true }).authDelegator.enabled).toBe(true)
  })
})

describe('the parameters of vault', () => {
  it.each([
    ['two servers', { replicas: 2 }],
    ['no certificate', { tlsSecret: undefined }],
    ['an address instead of a name', { unseal: { ...LEAST.unseal, keyVault: 'https://kv' } }],
    ['a client secret', { unseal: { ...LEAST.unseal, clientSecret: 'x' } }],
  ])('refuse %s', (_, more) => {
    expect(vault.parameters.safeParse({ ...LEAST, ...more }).success).toBe(false)
  })
})
