// The bar of the_order: no sub-resource of it in the United States, by whichever parameter, and whoever asks.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Finding, ResidencyLine } from '../../schemas/plan.ts'
import type { Residency } from '../../schemas/residency.ts'
import { exampleInput } from '../../templates/example-inputs.ts'
import {
  findSystem,
  findTemplate,
  phaseResourceName,
  phaseTemplateName,
} from '../../templates/index.ts'
import { render } from '../render.ts'
import { judgeResidency } from '../residency.ts'
import { snapshotOf } from '../world.fixture.ts'

const SYSTEM = 'the_order'
const CLUSTER = { name: 'core', region: 'eu-test', engine: 'flux', standIn: false } as const
const system = findSystem(SYSTEM)
if (!system) throw new Error('no such system')

/** Every phase that renders something, judged as the planner judges it. */
const judgeAll = (asked: object, residency: Residency) => {
  const parameters = system.parameters.parse(asked) as Record<string, unknown>
  const world = snapshotOf()
  const tenant = { ...world.tenant, residency }
  const lines: ResidencyLine[] = []
  const findings: Finding[] = []
  for (const phase of system.phases) {
    if (phase.blocks(parameters, 'the-order').length === 0) continue
    const template = findTemplate(phaseTemplateName(SYSTEM, phase.id))
    if (!template) throw new Error('no such phase')
    const name = phaseResourceName('the-order', phase.id)
    const input = exampleInput(template, { name, parameters: asked })
    const judged = judgeResidency(
      {
        ...{ template: template.name, objects: render(template, input).objects },
        ...{ parameters, placement: input.placement, cluster: CLUSTER },
      },
      { ...world, tenant },
    )
    lines.push(...judged.residency)
    findings.push(...judged.findings)
  }
  return { lines, blocking: findings.filter(({ severity }) => severity === 'block') }
}

/** A tenant that the operators allow the United States: the system is what refuses. */
const GENEROUS: Residency = { allow: ['eu', 'us'] }
const LARGE = system.examples[1]?.parameters as Record<string, unknown>

/** Each parameter that names a place, or makes a copy in one, with what a US and a European choice are. */
const PLACES: [parameter: string, american: object, european: object, places: string[]][] = [
  ['acrGeoReplica', { acrGeoReplica: 'eastus' }, { acrGeoReplica: 'northeurope' }, ['eastus']],
  [
    'registryReplicas',
    { registryReplicas: ['northeurope', 'westus3'] },
    { registryReplicas: ['northeurope'] },
    ['westus3'],
  ],
  ['location', { location: 'centralus' }, { location: 'northeurope' }, ['centralus']],
  [
    'geoRedundantBackup',
    { location: 'brazilsouth', geoRedundantBackup: true },
    { location: 'northeurope', geoRedundantBackup: true },
    ['southcentralus'],
  ],
  [
    'exporters',
    {
      exporters: [
        { kind: 'otlphttp', endpoint: 'https://eastus2-3.in.applicationinsights.azure.com' },
      ],
    },
    {
      exporters: [
        { kind: 'otlphttp', endpoint: 'https://westeurope-5.in.applicationinsights.azure.com' },
      ],
    },
    ['eastus2'],
  ],
]

describe('the_order', () => {
  it.each(PLACES)(
    '%s in the United States is refused, in Europe it passes',
    (...[, us, eu, places]) => {
      const { blocking } = judgeAll(us, { allow: ['eu', 'us', 'br'] })
      expect(new Set(blocking.map(({ rule }) => rule))).toEqual(new Set(['REGION-ALLOWED']))
      for (const place of places) {
        const found = blocking.filter(({ message }) => message.includes(`in ${place} (us)`))
        expect(found.length, place).toBeGreaterThan(0)
        for (const { file, pointer, numbers, fix } of found) {
          expect(file).toMatch(/^rendered\/.*\.yaml$/)
          expect(pointer).toMatch(/^\/spec\//)
          expect(numbers).toMatchObject({ denied: expect.any(Number), places: expect.any(Number) })
          expect(fix).toContain('system does not deny')
        }
      }
      expect(judgeAll(eu, { allow: ['eu'] }).blocking).toEqual([])
    },
  )

  it('names the registry’s replica, and counts nothing else', () => {
    const { blocking } = judgeAll({ acrGeoReplica: 'eastus' }, GENEROUS)
    expect(blocking).toHaveLength(1)
    expect(blocking[0]?.message).toBe(
      'ContainerRegistry geo-replica the-order-images-eastus would be in eastus (us): the system denies its jurisdiction; allowed: eu.',
    )
  })

  it.each([
    ['an address that gives no place away', { endpoint: 'https://otlp.collector.example.com' }],
    ['an address without a name', { endpoint: 'https://203.0.113.7:4318' }],
  ])('lets no telemetry go to %s', (_what, where) => {
    const asked = { exporters: [{ kind: 'otlphttp', ...where }] }
    const { blocking } = judgeAll(asked, GENEROUS)
    expect(blocking).toMatchObject([
      {
        ...{ rule: 'RESIDENCY-UNPROVED', numbers: { unproved: 1 } },
        ...{
          file: expect.stringMatching(/^rendered\//),
          pointer: expect.stringMatching(/^\/spec/),
        },
      },
    ])
  })

  it('has each of its parts in the rows, whichever region it is asked for in', () => {
    for (const location of ['westeurope', 'swedencentral', 'centralus']) {
      const { lines } = judgeAll({ ...LARGE, location }, GENEROUS)
      const there = lines.filter(({ place }) => place === location)
      const expected = location === 'centralus' ? 'denied' : 'allowed'
      expect(new Set(there.map(({ verdict }) => verdict))).toEqual(new Set([expected]))
      const parts = [
        'ContainerRegistry',
        'AKS cluster',
        'FlexibleServer',
        'StorageAccount',
        'Vault',
      ]
      const more = ['Log Analytics', 'Application Insights', 'ApplicationGateway', 'ResourceGroup']
      for (const part of [...parts, ...more]) {
        expect(
          there.some(({ what }) => what.startsWith(part)),
          `${part} in ${location}`,
        ).toBe(true)
      }
    }
  })

  it('walks every parameter that can name a region: a new one must come into the table above', () => {
    const schema = z.toJSONSchema(system.parameters, { io: 'input', unrepresentable: 'any' })
    const takes = (inner: unknown): boolean => JSON.stringify(inner).includes('"eastus"')
    const named = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
      takes(inner) ? [key] : [],
    )
    expect(named.sort()).toEqual(['acrGeoReplica', 'location', 'registryReplicas'])
    const table = new Set(PLACES.map(([parameter]) => parameter))
    expect(named.filter((key) => !table.has(key))).toEqual([])
  })
})
