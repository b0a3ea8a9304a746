// Cases of the rules that plans are held to beside their manifests: room, quotas, ids, addresses, regions.
import type { Finding } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import { NO_USE } from '../capacity.ts'
import { NO_PODS } from '../pod-use.ts'
import {
  CHAIN_REQUEST,
  chainSnapshot,
  planned,
  SUPPLY,
  siteOf,
  snapshotOf,
  VM_REQUEST,
} from '../world.fixture.ts'
import type { PolicyCase } from './policies.fixture.ts'

const vm = (parameters: object = {}, more: Partial<Snapshot> = {}): Finding[] =>
  planned(
    { ...VM_REQUEST, parameters: { ...VM_REQUEST.parameters, ...parameters } },
    snapshotOf(more),
  ).plan.findings

const quota = (cores: number): Partial<Snapshot> => ({
  tenant: {
    ...snapshotOf().tenant,
    quota: { vms: 10, cores, memoryMiB: 1_000_000, diskGiB: 10_000 },
  },
})

const app = (pods: number): Finding[] => {
  const limit = { ...NO_PODS, pods, podCpuMilli: 100_000, podMemoryMiB: 1_000_000 }
  return planned(
    {
      action: 'create',
      template: 'application',
      name: 'portal',
      parameters: { image: 'ghcr.io/acme/portal:1' },
    },
    snapshotOf({
      namespaces: [{ cluster: 'core', limit, used: NO_PODS, reserved: NO_PODS }],
    }),
  ).plan.findings
}

const full = (cores: number): Partial<Snapshot> => ({
  sites: [siteOf('a')],
  uses: [{ host: 'a-1', yours: NO_USE, others: { ...NO_USE, vms: 1, cores } }],
})

const chain = (parameters: object, more: Partial<Snapshot> = {}): Finding[] =>
  planned(
    { ...CHAIN_REQUEST, parameters: { ...CHAIN_REQUEST.parameters, ...parameters } },
    chainSnapshot(more),
  ).plan.findings

const vault = (location: string): Finding[] =>
  planned(
    {
      action: 'create',
      template: 'key-vault',
      name: 'vault',
      parameters: {
        location,
        azureName: 'acme-vault',
        entraTenantId: '0f8fad5b-d9cb-469f-a165-70867728950e',
      },
    },
    snapshotOf(),
  ).plan.findings

export const placeCases: PolicyCase[] = [
  {
    pointer: '/parameters',
    ...{ rule: 'CAPACITY', what: 'no cores left', hint: 'Ask for less' },
    passes: () => vm({}, full(SUPPLY.cores - 2)),
    fails: () => vm({}, full(SUPPLY.cores)),
  },
  {
    pointer: '/parameters',
    ...{ rule: 'QUOTA', what: 'cores of the tenant', hint: 'a higher quota' },
    passes: () => vm({}, quota(2)),
    fails: () => vm({}, quota(0)),
  },
  {
    pointer: '/parameters',
    ...{ rule: 'NAMESPACE-QUOTA', what: 'pods of the namespace', hint: 'tenant-base' },
    passes: () => app(5),
    fails: () => app(4),
  },
  {
    pointer: '/parameters/firstVmId',
    ...{ rule: 'VMID-UNIQUE', what: 'an id that is taken', hint: 'another first VM id' },
    passes: () => chain({}, { takenVmIds: [13_900] }),
    fails: () => chain({}, { takenVmIds: [13_805] }),
  },
  {
    ...{ rule: 'IP-UNIQUE', what: 'an address that is taken', hint: 'free ones' },
    pointer: '/parameters',
    passes: () => chain({ firstAddress: '10.0.0.20' }, { takenAddresses: ['10.0.0.19'] }),
    fails: () => chain({ firstAddress: '10.0.0.20' }, { takenAddresses: ['10.0.0.20'] }),
  },
  {
    ...{ rule: 'IP-UNIQUE', what: 'an address outside the network', hint: 'free ones' },
    pointer: '/parameters',
    passes: () => chain({ firstAddress: '10.0.0.20' }),
    fails: () => chain({ firstAddress: '10.1.0.20' }),
  },
  {
    ...{ rule: 'REGION-ALLOWED', what: 'a vault in the United States', hint: 'jurisdictions' },
    ...{ file: 'rendered/core/20-vault/vault-vault.yaml', pointer: '/spec/location' },
    passes: () => vault('westeurope'),
    fails: () => vault('eastus'),
  },
]
