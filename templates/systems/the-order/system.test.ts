// The numbers of the_order against the source, typed again here, and what its phases really ask for at both ends.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { loadJudge } from '../../../functions/cli/k8s-judge.ts'
import { guard } from '../../../gitops/guard.ts'
import { render } from '../../../gitops/render.ts'
import type { TheOrderParameters } from '../../../schemas/parameters/systems/the-order.ts'
import type { Range, SystemComponent } from '../../../schemas/system.ts'
import type { Manifest, Template } from '../../../schemas/template.ts'
import { exampleInput } from '../../example-inputs.ts'
import { phaseResourceName, phaseTemplate } from '../phase-template.ts'
import { derivedTotals } from '../totals.ts'
import { theOrder } from './system.ts'

const NAME = 'the-order'
const { components, phases } = theOrder
type Asked = Record<string, unknown>
type Row = [id: string, count: string, cores: string, memory: string, disk: string]

/** Typed from mission.md section 5.5 and the source's summary 5. An empty cell: the source says nothing. */
const TABLE: Row[] = [
  ['aks-node', '3-5', '8-16', '32-64 GB', '100-200 GB'],
  ['postgres', '3-3', '8-16', '32-64 GB', '0.5-2 TB'],
  ['storage-account', '1-1', '', '', '0.5-2 TB'],
  ['container-registry', '1-1', '', '', '100-500 GB'],
  ['identity', '2-4', '2-4', '4-8 GB', ''],
  ['intake', '2-4', '2-4', '4-8 GB', ''],
  ['finance', '2-4', '2-4', '4-8 GB', ''],
  ['dataroom', '2-4', '2-4', '4-8 GB', ''],
  ['portal-public', '2-3', '2-4', '4-8 GB', ''],
  ['portal-internal', '2-3', '2-4', '4-8 GB', ''],
  ['external-secrets', '1-1', '1-2', '2-4 GB', ''],
  ['monitoring', '1-1', '4-8', '16-32 GB', ''],
]
/** Counted by the source without sizes; `1-1` is one of it. */
const UNSIZED: [id: string, count: string, basis: string][] = [
  ['toolchain', '1-1', 'task'],
  ['virtual-network', '1-1', 'rendered'],
  ['aks-cluster', '1-1', 'rendered'],
  ['key-vault', '3-3', 'rendered'],
  ['private-endpoint', '0-8', 'optional'],
  ['dns-zone', '0-1', 'optional'],
  ['blob-container', '3-3', 'rendered'],
  ['registry-replica', '0-5', 'optional'],
  ['image-signing', '6-6', 'task'],
  ['app-registration', '1-1', 'task'],
  ['verified-id-permissions', '1-1', 'task'],
  ['client-secret', '1-1', 'task'],
  ['verified-id', '1-1', 'task'],
  ['credential-manifest', '1-1', 'task'],
  ['issuer-did', '1-1', 'task'],
  ['eidas-verification', '0-1', 'optional'],
  ['vc-issuance', '0-1', 'optional'],
  ['document-processing', '0-1', 'optional'],
  ['opentelemetry', '1-1', 'rendered'],
  ['opensearch', '0-+', 'optional'],
  ['application-insights', '1-1', 'rendered'],
  ['log-analytics', '1-1', 'rendered'],
  ['application-gateway', '0-1', 'optional'],
  ['ingress', '0-1', 'optional'],
  ['certificate', '1-1', 'rendered'],
]

const span = (range?: Range & { unit?: string }): string =>
  range === undefined
    ? ''
    : `${range.least}-${range.most ?? '+'}${range.unit === undefined ? '' : ` ${range.unit}`}`

const rowOf = ({ id, count, each }: SystemComponent): Row => [
  ...([id, span(count), span(each?.cores)] as const),
  ...([span(each?.memory), span(each?.disk)] as const),
]

describe('the table of components', () => {
  it('has the sizes of the source, field by field', () => {
    expect(components.filter(({ each }) => each !== undefined).map(rowOf)).toEqual(
      expect.arrayContaining(TABLE),
    )
    expect(components.filter(({ each }) => each !== undefined)).toHaveLength(TABLE.length)
  })

  it('has everything else that the source names, and nothing more', () => {
    const unsized = components.filter(({ each }) => each === undefined)
    const rows = unsized.map(({ id, count, basis }) => [id, span(count), basis])
    expect(rows.sort()).toEqual([...UNSIZED].sort())
  })

  it('names phases and components that there are', () => {
    const ids = components.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, phase, dependsOn } of components) {
      expect(ids, id).toEqual(expect.arrayContaining(dependsOn))
      expect(
        phases.map((one) => one.id),
        id,
      ).toContain(phase)
    }
  })

  it('declares of its rows what they sum to', () => {
    for (const row of components) {
      if (row.declared === undefined) continue
      const { cores, memory, disk } = derivedTotals([row], [row.basis])
      expect(cores, row.id).toEqual(row.declared.cores)
      expect(memory, row.id).toEqual([row.declared.memory])
      expect(disk, row.id).toEqual(row.declared.disk === undefined ? [] : [row.declared.disk])
    }
    expect(components.filter(({ declared }) => declared)).toHaveLength(8)
  })
})

describe('the totals', () => {
  const of = (...ids: string[]) =>
    derivedTotals(
      components.filter(({ id }) => ids.includes(id)),
      ['rendered', 'optional'],
    )

  it('do not match what the source declares, neither without pods nor with them', () => {
    const { declaredTotals: declared } = theOrder
    expect(declared).toEqual({
      cores: { least: 60, most: 156 },
      memory: { least: 240, most: 480, unit: 'GB' },
      disk: { least: 2.1, most: 8.5, unit: 'TB' },
    })
    const below = of('aks-node', 'postgres')
    expect([span(below.cores), ...below.memory.map(span)]).toEqual(['48-128', '192-512 GB'])
    const all = derivedTotals(components, ['rendered', 'optional'])
    expect([span(all.cores), ...all.memory.map(span)]).toEqual(['77-226', '258-724 GB'])
  })

  it('of the disks are 2.4-9.5 TB: the source leaves the disks of the nodes out', () => {
    const { disk } = derivedTotals(components, ['rendered', 'optional'])
    expect(disk.map(span).sort()).toEqual(['2-8 TB', '400-1500 GB'])
    const inTB = (end: 'least' | 'most') =>
      disk.reduce((sum, one) => sum + (one[end] ?? 0) / (one.unit === 'GB' ? 1000 : 1), 0)
    expect([inTB('least'), inTB('most')]).toEqual([2.4, 9.5])
    const nodes = of('aks-node').disk[0]
    const rest = [
      inTB('least') - (nodes?.least ?? 0) / 1000,
      inTB('most') - (nodes?.most ?? 0) / 1000,
    ]
    const { disk: declared } = theOrder.declaredTotals
    expect(rest.map((one) => Math.round(one * 10) / 10)).toEqual([declared?.least, declared?.most])
  })

  it('of pods and their infrastructure are more cores than the nodes have, at both ends', () => {
    const workloads = of(
      ...['identity', 'intake', 'finance', 'dataroom', 'portal-public', 'portal-internal'],
      ...['external-secrets', 'monitoring'],
    )
    expect(span(workloads.cores)).toBe('29-98')
    expect(span(of('aks-node').cores)).toBe('24-80')
  })
})

const templateOf = (id: string): Template => {
  const phase = phases.find((one) => one.id === id)
  if (!phase) throw new Error(`no phase ${id}`)
  return phaseTemplate(theOrder, phase) as unknown as Template
}
const parametersOf = (asked: Asked): TheOrderParameters => theOrder.parameters.parse(asked)
const withBlocks = (asked: Asked, name = NAME): string[] =>
  phases.filter(({ blocks }) => blocks(parametersOf(asked), name).length > 0).map(({ id }) => id)

const renderPhase = (
  id: string,
  asked: Asked,
  engine: 'argocd' | 'flux' = 'argocd',
  name = NAME,
) => {
  const template = templateOf(id)
  const example = { name: phaseResourceName(name, id), parameters: asked }
  const input = exampleInput(template, example, engine)
  return { input, template, rendered: render(template, input) }
}
const everything = (asked: Asked, name = NAME): Manifest[] =>
  withBlocks(asked, name).flatMap((id) =>
    renderPhase(id, asked, 'argocd', name).rendered.objects.map(({ manifest }) => manifest),
  )
const ofKind = (kind: string, objects: Manifest[]) => objects.filter((one) => one.kind === kind)
const specs = <T>(kind: string, objects: Manifest[]): T[] =>
  ofKind(kind, objects).map(({ spec }) => spec as T)

interface Pool {
  vmSize: string
  count: number
  osDiskSizeGB: number
}
interface Pods {
  template: {
    spec: {
      containers: {
        image: string
        resources: Record<'requests' | 'limits', Record<'cpu' | 'memory', string>>
      }[]
    }
  }
}

describe.each([
  ['minimum', { nodes: 3, vm: 'Standard_D8s_v5', disk: 94, server: 'Standard_D8ds_v5', gib: 512 }],
  [
    'maximum',
    { nodes: 5, vm: 'Standard_D16s_v5', disk: 187, server: 'Standard_D16ds_v5', gib: 2048 },
  ],
] as const)('at %s', (size, of) => {
  const objects = everything({ size })
  const end = size === 'minimum' ? 'least' : 'most'
  const component = (id: string) => components.find((one) => one.id === id)

  it('has nodes and databases that hold what the source asks for', () => {
    const [cluster] = specs<{ agentPoolProfiles: Pool[] }>('ManagedCluster', objects)
    expect(cluster?.agentPoolProfiles[0]).toMatchObject({
      ...{ count: of.nodes, vmSize: of.vm, osDiskSizeGB: of.disk },
    })
    expect(of.nodes).toBe(component('aks-node')?.count[end])
    // A node's disk and a database's are the smallest steps that hold decimal gigabytes.
    expect(of.disk * 2 ** 30).toBeGreaterThanOrEqual(
      (component('aks-node')?.each?.disk?.[end] ?? 0) * 1e9,
    )
    const servers = specs<Asked>('FlexibleServer', objects)
    expect(servers).toHaveLength(3)
    for (const server of servers) {
      expect(server).toMatchObject({
        sku: { name: of.server },
        storage: { storageSizeGB: of.gib },
        highAvailability: { mode: 'ZoneRedundant' },
        network: { publicNetworkAccess: 'Disabled' },
      })
    }
    expect(of.gib * 2 ** 30).toBeGreaterThanOrEqual(
      (component('postgres')?.each?.disk?.[end] ?? 0) * 1e12,
    )
  })

  it('has each service and portal with the replicas, cores and memory of its row', () => {
    for (const { id, count, each, builtFrom } of components) {
      if (!builtFrom.includes('application')) continue
      const mine = objects.filter(({ metadata }) => metadata.name === `${NAME}-${id}`)
      const [scaler] = specs<{ minReplicas: number; maxReplicas: number }>(
        'HorizontalPodAutoscaler',
        mine,
      )
      expect(scaler, id).toMatchObject({ minReplicas: count[end], maxReplicas: count.most })
      const [pods] = specs<Pods>('Deployment', mine)
      const { limits, requests } = pods?.template.spec.containers[0]?.resources ?? {}
      expect(limits?.cpu, id).toBe(String(each?.cores?.[end]))
      expect(limits?.memory).toBe(`${Math.ceil(((each?.memory?.[end] ?? 0) * 1e9) / 2 ** 20)}Mi`)
      expect(requests).toEqual({
        cpu: `${(each?.cores?.[end] ?? 0) * 500}m`,
        memory: limits?.memory,
      })
    }
  })

  it('has vaults, containers, collector, workspace and certificate', () => {
    const counted = Object.fromEntries(
      [...new Set(objects.map(({ kind }) => kind))].map((kind) => [
        kind,
        ofKind(kind, objects).length,
      ]),
    )
    expect(counted).toMatchObject({
      ...{ VirtualNetwork: 1, NetworkSecurityGroup: 1, ManagedCluster: 1, Vault: 3 },
      ...{
        FlexibleServersDatabase: 12,
        StorageAccount: 1,
        StorageAccountsBlobServicesContainer: 3,
      },
      ...{ Registry: 1, PrivateEndpoint: 8, PrivateDnsZone: 4, DnsZone: 1 },
      ...{ SecretStore: 1, ExternalSecret: 7, OpenTelemetryCollector: 1, Deployment: 6 },
      ...{ ApplicationGateway: 1, WebApplicationFirewallPolicy: 1, Certificate: 1, Ingress: 2 },
      ...{ Workspace: 1, Component: 1, ScheduledQueryRule: 1 },
    })
    expect(counted).not.toHaveProperty('HelmRelease')
  })

  it('has the network, the disks and the ways to undo a deletion that the source asks for', () => {
    expect(specs('ManagedCluster', objects)).toMatchObject([
      {
        networkProfile: { networkPlugin: 'azure' },
        storageProfile: { diskCSIDriver: { enabled: true } },
      },
    ])
    for (const vault of specs<Asked>('Vault', objects)) {
      expect(vault).toMatchObject({
        properties: { enableSoftDelete: true, enablePurgeProtection: true },
      })
    }
    expect(specs('StorageAccountsBlobService', objects)).toMatchObject([
      { isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true } },
    ])
    const containers = specs<{ azureName: string }>('StorageAccountsBlobServicesContainer', objects)
    expect(containers.map(({ azureName }) => azureName).sort()).toEqual([
      ...['credentials', 'dataroom-deals', 'intake-documents'],
    ])
  })

  it('has the monitoring, where it is asked for, at this end of its range', () => {
    const asked = everything({ size, install: { monitoring: true } })
    const stack = ofKind('HelmRelease', asked).find(
      ({ metadata }) => metadata.name === 'kube-prometheus-stack',
    )
    expect(stack).toMatchObject({
      spec: {
        values: {
          prometheus: {
            prometheusSpec: { resources: { limits: { cpu: size === 'minimum' ? '1' : '2' } } },
          },
        },
      },
    })
  })
})

describe('what the namespace must have room for', () => {
  /** At the autoscalers’ most and with the pod more that a new version takes; what runs in other namespaces not. */
  const podsOf = (asked: Asked) => {
    const pods = withBlocks(asked).flatMap(
      (id) => templateOf(id).demand(phaseResourceName(NAME, id), parametersOf(asked)).pods ?? [],
    )
    const total = (of: (pod: (typeof pods)[number]) => number) =>
      pods.reduce((sum, pod) => sum + pod.count * of(pod), 0)
    return [total(() => 1), total(({ cpuMilli }) => cpuMilli), total(({ memoryMiB }) => memoryMiB)]
  }

  it('is 31 pods: 22 at the autoscalers’ most, one more of each while it is replaced, three collectors', () => {
    expect(podsOf({})).toEqual([31, 28 * 2000 + 3 * 500, 28 * 3815 + 3 * 1024])
    expect(podsOf({ size: 'maximum' })).toEqual([31, 28 * 4000 + 3 * 500, 28 * 7630 + 3 * 1024])
  })
})

describe('every row', () => {
  it('of basis rendered is rendered by its templates in its phase, options when they are asked for', () => {
    const asked = theOrder.examples[1]?.parameters as Asked
    for (const { id, basis, builtFrom, phase } of components) {
      if (basis !== 'rendered' && basis !== 'optional') continue
      const rendering = phases.filter(({ blocks }) =>
        blocks(parametersOf(asked), NAME).some(({ template }) => builtFrom.includes(template.name)),
      )
      expect(rendering.length, id).toBeGreaterThan(0)
      // Behind a gateway the certificate inside comes with the portals.
      if (id !== 'certificate')
        expect(
          rendering.map((one) => one.id),
          id,
        ).toContain(phase)
    }
    const ingress = phases
      .find(({ id }) => id === 'gateway')
      ?.blocks(parametersOf({ entrance: 'ingress' }), NAME)
    expect(ingress?.map(({ template }) => template.name)).toContain('certificate')
  })
})

describe('where it stands', () => {
  const regions = (objects: Manifest[]) =>
    new Set(JSON.stringify(objects).match(/(?<="location":")[^"]+/g))

  it('is West Europe unless asked elsewhere; that it is never the United States, the system declares', () => {
    const objects = everything({})
    // Azure keeps who is told of alerts in few regions; of those inside the Union, the block takes Sweden.
    const elsewhere = objects.filter((one) => JSON.stringify(one).includes('swedencentral'))
    expect(elsewhere.map(({ kind }) => kind)).toEqual(['ActionGroup'])
    const rest = objects.filter((one) => !elsewhere.includes(one))
    expect(regions(rest)).toEqual(new Set(['westeurope', 'global']))
    expect(theOrder.residency).toMatchObject({ deny: ['us'] })
    for (const asked of [{ location: 'atlantis' }, { acrGeoReplica: 'westeurope' }])
      expect(theOrder.parameters.safeParse(asked).success).toBe(false)
    for (const asked of [
      { registryReplicas: ['northeurope'] },
      { acrGeoReplica: 'northeurope' },
      { registryReplicas: ['northeurope'], acrGeoReplica: 'northeurope' },
    ]) {
      const copied = ofKind('RegistryReplication', everything(asked))
      expect(copied).toHaveLength(1)
      expect(regions(copied)).toEqual(new Set(['northeurope']))
    }
  })

  it('is two clusters when it is told so: Azure by the one, everything that runs on the other', () => {
    const asked = { cluster: 'one', workloadCluster: 'two' }
    const clusters = phases.map(({ id }) => [id, templateOf(id).cluster(parametersOf(asked))])
    expect(clusters.filter(([, cluster]) => cluster === 'two').map(([id]) => id)).toEqual([
      ...['secrets', 'infra-services', 'backend', 'frontend'],
    ])
    expect(templateOf('backend').cluster(parametersOf({ cluster: 'one' }))).toBe('one')
    const ingress = { ...asked, entrance: 'ingress' }
    expect(templateOf('gateway').cluster(parametersOf(ingress))).toBe('two')
  })

  it('says to every block the cluster of its phase, and to none when none is named', () => {
    for (const asked of [{}, { cluster: 'one', workloadCluster: 'two' }, { cluster: 'one' }]) {
      const full = {
        ...(theOrder.examples[1]?.parameters as Asked),
        cluster: undefined,
        workloadCluster: undefined,
        ...asked,
      }
      for (const phase of phases) {
        const cluster = templateOf(phase.id).cluster(parametersOf(full))
        for (const { id, parameters } of phase.blocks(parametersOf(full), NAME)) {
          expect((parameters as Asked).cluster, `${phase.id}/${id}`).toBe(cluster)
        }
      }
    }
  })
})

describe('environments', () => {
  const own = everything({})
  const beside = everything({ environment: 'dev', base: NAME, entrance: 'ingress' }, 'order-dev')

  it('beside another one bring their storage and what runs, and nothing else in Azure', () => {
    const groups = ofKind('ResourceGroup', beside).map(({ metadata }) => metadata.name)
    expect(groups.sort()).toEqual(['order-dev-documents', 'order-dev-documents-link'])
    expect(ofKind('PrivateDnsZone', beside)).toEqual([])
    const [store] = specs<{ provider: unknown }>('SecretStore', beside)
    expect(JSON.stringify(store)).toContain('https://theorder-dev-kv.vault.azure.net')
    expect(JSON.stringify(specs('SecretStore', own))).toContain('theorder-prod-kv')
    expect(JSON.stringify(beside)).not.toMatch(/-prod-(?:kv|db)|theorderproddocs/)
  })

  it('share no object', () => {
    const keys = [...own, ...beside].map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('hand on the images that ran, by digest where it is known', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const images = (objects: Manifest[]) =>
      specs<Pods>('Deployment', objects).map((one) => one.template.spec.containers[0]?.image)
    const promoted = everything({ images: { identity: digest, intake: `1.2.0@${digest}` } })
    expect(images(promoted).slice(0, 3)).toEqual([
      `theorderimages.azurecr.io/the-order/identity@${digest}`,
      `theorderimages.azurecr.io/the-order/intake:1.2.0@${digest}`,
      'theorderimages.azurecr.io/the-order/finance:0.1.0',
    ])
    expect(theOrder.parameters.safeParse({ images: { identity: 'latest' } }).success).toBe(false)
  })
})

describe('the way in', () => {
  it('is the gateway with the certificate of the environment’s vault, which alone lets it in', () => {
    const objects = everything({})
    const open = ofKind('Vault', objects).filter((one) =>
      JSON.stringify(one).includes('AzureServices'),
    )
    expect(open.map(({ metadata }) => metadata.name)).toEqual(['the-order-vault-prod'])
    const [gateway] = ofKind('ApplicationGateway', objects)
    expect(JSON.stringify(gateway)).toContain(
      'theorder-prod-kv.vault.azure.net/secrets/gateway-certificate',
    )
    expect(JSON.stringify(gateway)).not.toContain('internal.the-order.example')
  })

  it('shows the internal portal to the Internet only when that is asked for', () => {
    const hosts = (asked: Asked) =>
      specs<{ tls: { hosts: string[] }[] }>('Ingress', everything(asked)).flatMap(
        (one) => one.tls[0]?.hosts,
      )
    expect(hosts({ entrance: 'ingress' })).toEqual(['the-order.example'])
    expect(hosts({ entrance: 'ingress', internalPortal: 'published' })).toHaveLength(2)
    const published = ofKind('ApplicationGateway', everything({ internalPortal: 'published' }))
    expect(JSON.stringify(published)).toContain('internal.the-order.example')
  })

  it('behind the gateway has an address of the nodes’ subnet and believes the gateway only', () => {
    const [traefik] = ofKind('HelmRelease', everything({ install: { ingressController: true } }))
    expect(JSON.stringify(traefik)).toContain(
      '"service.beta.kubernetes.io/azure-load-balancer-ipv4":"10.20.15.250"',
    )
    expect(JSON.stringify(traefik)).toContain('"trustedIPs":["10.20.17.0/24"]')
    expect(
      theOrder.parameters.safeParse({
        issuer: {
          type: 'acme',
          email: 'a@example.org',
          challenge: { method: 'http01', ingressClass: 'traefik' },
        },
      }).success,
    ).toBe(false)
  })
})

const EXAMPLES = [{ title: 'every default', parameters: {} }, ...theOrder.examples]
const cases = EXAMPLES.flatMap(({ title, parameters }) =>
  withBlocks(parameters as Asked).flatMap((id) =>
    (['argocd', 'flux'] as const).map((engine) => ({
      title,
      id,
      engine,
      asked: parameters as Asked,
    })),
  ),
)

describe('every phase', () => {
  const judge = loadJudge()
  if ('absent' in judge) console.log(`skipped: ${judge.absent}`)

  it.each(cases)('$id of "$title" passes the guard on $engine', ({ id, asked, engine }) => {
    const { input, rendered } = renderPhase(id, asked, engine)
    const options = {
      tenantSlug: input.tenant.slug,
      cluster: input.cluster.name,
      guardsLifted: false,
    }
    expect(guard(rendered, rendered.files, options)).toEqual([])
    expect(rendered.files.length).toBeLessThanOrEqual(290)
    expect(rendered.files.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThan(1e6)
    if ('absent' in judge) return
    for (const { path, manifest } of rendered.objects)
      expect(judge.judge(manifest), path).toEqual([])
  })

  it('finds no fault in the defaults', () => {
    for (const id of withBlocks({})) {
      const { input, template } = renderPhase(id, {})
      expect(template.findings(input), id).toEqual([])
    }
  })

  it('makes no object twice', () => {
    const objects = everything(theOrder.examples[1]?.parameters as Asked)
    const keys = objects.map(
      ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`,
    )
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('keeps to the length of names: a long instance’s blocks fit', () => {
    const long = 'a'.repeat(20)
    for (const { id, blocks } of phases) {
      for (const one of blocks(parametersOf(theOrder.examples[1]?.parameters as Asked), long)) {
        expect(one.id.length, `${id}/${one.id}`).toBeLessThanOrEqual(19)
      }
    }
    const asked = theOrder.examples[1]?.parameters as Asked
    for (const id of withBlocks(asked, long)) {
      const { input, rendered } = renderPhase(id, asked, 'flux', long)
      const options = { tenantSlug: input.tenant.slug, cluster: input.cluster.name }
      expect(guard(rendered, rendered.files, { ...options, guardsLifted: false }), id).toEqual([])
      for (const { metadata, kind } of ofKind(
        'Service',
        rendered.objects.map((one) => one.manifest),
      )) {
        expect(metadata.name.length, kind).toBeLessThanOrEqual(63)
      }
    }
  })
})

describe('what is reported', () => {
  const inputs = (task: string) => {
    const found = phases.flatMap(({ tasks }) => tasks).find(({ id }) => id === task)
    if (!found) throw new Error(`no task ${task}`)
    return found.inputs
  }
  const says = (task: string, report: unknown) => inputs(task).safeParse(report).success

  it('keeps to the floors of the source', () => {
    const tools = {
      ...{ terraform: '1.5.0', node: '18.0.0', pnpm: '8.0.0', azureCli: '2.80.0' },
      ...{ kubectl: '1.34.1', docker: '28.1.0', cosign: '2.5.0' },
    }
    expect(says('toolchain', tools)).toBe(true)
    expect(says('toolchain', { ...tools, terraform: '1.10.2' })).toBe(true)
    for (const old of [{ terraform: '1.4.9' }, { node: '16.20.0' }, { pnpm: '7.33.7' }]) {
      expect(says('toolchain', { ...tools, ...old }), JSON.stringify(old)).toBe(false)
    }
  })

  it('takes images by digest, and from the environment before only', () => {
    const digest = `sha256:${'b'.repeat(64)}`
    const names = ['identity', 'intake', 'finance', 'dataroom', 'portal-public', 'portal-internal']
    const digests = Object.fromEntries(names.map((name) => [name, digest]))
    const report = { environment: 'prod', from: 'stage', digests, testReportDigest: digest }
    expect(says('promotion', report)).toBe(true)
    expect(says('promotion', { ...report, from: 'dev' })).toBe(false)
    expect(says('promotion', { ...report, digests: { ...digests, intake: '1.2.0' } })).toBe(false)
    expect(says('images', { registry: 'order.azurecr.io', digests })).toBe(true)
    expect(says('images', { registry: 'order.azurecr.io', digests: { identity: digest } })).toBe(
      false,
    )
  })

  it('is one environment each, and a gateway’s certificate before the gateway', () => {
    const secrets = ['dev', 'stage', 'prod'].map((environment) => ({
      ...{ environment, secret: `the-order-db-${environment}-administrator`, key: 'password' },
    }))
    expect(says('administrators', { secrets })).toBe(true)
    expect(says('administrators', { secrets: [secrets[0], secrets[0], secrets[2]] })).toBe(false)
    expect(says('gateway-certificate', { entrance: 'ingress' })).toBe(true)
    expect(says('gateway-certificate', { entrance: 'application-gateway' })).toBe(false)
  })

  it('can be shown as a form', () => {
    for (const { id, tasks } of phases) {
      for (const task of tasks) {
        const form = z.toJSONSchema(task.inputs, { io: 'input' })
        expect(form.additionalProperties, `${id}/${task.id}`).toBe(false)
      }
    }
    expect(() => z.toJSONSchema(theOrder.parameters, { io: 'input' })).not.toThrow()
  })
})

describe('the order', () => {
  it('of phases is the source’s', () => {
    expect(phases.map(({ id }) => id)).toEqual([
      ...['prerequisites', 'azure-infra', 'entra', 'data', 'registry', 'build', 'migrations'],
      ...['secrets', 'infra-services', 'backend', 'frontend', 'gateway', 'observability'],
      ...['testing', 'hardening'],
    ])
  })

  it('of tasks lets each find what it needs', () => {
    for (const { id, tasks, needs } of phases) {
      const before = new Map<string, string>()
      for (const task of tasks) {
        for (const first of task.after)
          expect(before.get(first), `${id}/${task.id}`).toBe(task.when)
        expect(before.has(task.id)).toBe(false)
        before.set(task.id, task.when)
        expect(task.steps({ name: NAME, parameters: parametersOf({}) }).length).toBeGreaterThan(0)
      }
      for (const need of needs) {
        expect(theOrder.prerequisites.map((one) => one.id)).toContain(need)
      }
    }
    const needed = phases.flatMap(({ needs }) => needs)
    expect(theOrder.prerequisites.map(({ id }) => id).sort()).toEqual([...needed].sort())
  })

  it('puts every phase that only people act in, and every task row, where tasks are', () => {
    for (const { id, basis, phase } of components) {
      if (basis !== 'task') continue
      const tasks = phases.find((one) => one.id === phase)?.tasks ?? []
      expect(tasks.length, id).toBeGreaterThan(0)
    }
    for (const { id, tasks, blocks } of phases) {
      if (blocks(parametersOf({}), NAME).length === 0) expect(tasks.length, id).toBeGreaterThan(0)
    }
  })
})
