// The catalogue: what is listed, that requests are complete, and that nothing is claimed that is not so.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChangeRequest } from '../schemas/change.ts'
import { RolloutRequest } from '../schemas/rollout.ts'
import { rules } from '../schemas/rules.ts'
import { exampleInput, findTemplate, systems, templates } from '../templates/index.ts'
import {
  describeTemplate,
  listTemplates,
  standInBook,
  TemplateDetail,
  versionsOf,
} from './catalog.ts'

const reader = { tenant: 'acme', cluster: 'lab' }
const names = listTemplates().map(({ name }) => name)
const detailOf = (name: string): TemplateDetail => {
  const detail = describeTemplate(name, reader)
  if (!detail) throw new Error(`no ${name}`)
  return detail
}

describe('the list', () => {
  it('has every template and every system, by name, and no phase', () => {
    expect(names).toEqual(
      [...templates, ...systems].map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1)),
    )
    const kinds = Map.groupBy(listTemplates(), ({ kind }) => kind)
    expect(kinds.get('system')).toHaveLength(systems.length)
    expect(kinds.has('system-phase')).toBe(false)
  })

  it('does not reach a phase by its name', () => {
    for (const { name, phases } of systems.filter(({ phasesFor }) => !phasesFor)) {
      const phase = `${name}/${phases[0]?.id}`
      expect(findTemplate(phase)).toBeDefined()
      expect(describeTemplate(phase, reader)).toBeNull()
    }
  })
})

describe.each(names)('%s', (name) => {
  const detail = detailOf(name)

  it('is what the API promises', () => {
    expect(TemplateDetail.parse(structuredClone(detail))).toEqual(detail)
    expect(detail.versions).toEqual(versionsOf(name))
    expect(detail.versions[0]).toBe(detail.version)
  })

  it('has requests that the API reads', () => {
    expect(detail.examples.length).toBeGreaterThan(0)
    for (const { request } of detail.examples) {
      const schema = detail.system ? RolloutRequest : ChangeRequest
      const tenant = findTemplate(name)?.records?.platform ? 'platform' : 'acme'
      expect(request.path).toBe(`/v1/tenants/${tenant}/${detail.system ? 'rollouts' : 'changes'}`)
      expect(schema.safeParse(request.body).error?.issues).toBeUndefined()
    }
    const keys = detail.examples.map(({ request }) => request.headers['Idempotency-Key'])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('shows what is rendered, marked as made up', () => {
    expect(detail.rendered.madeUp).toContain('made-up')
    expect(detail.rendered.files.length).toBeGreaterThan(0)
    expect(detail.rendered.files.length).toBeLessThanOrEqual(10)
    // A record says what it is of, a manifest which kind.
    expect(detail.rendered.files[0]?.content).toMatch(/^(?:apiVersion|schema| *"schema"):/m)
  })

  it('has no price that nobody set: each names its book, or why there is none', () => {
    expect(detail.prices).toMatchObject({ book: 'phoenix-stand-in@1', standIn: true })
    for (const { price } of detail.prices.lines)
      if (price.leastMinor === null) expect(price.reason).not.toBe('')
      else expect(price.priceBook).toBe(detail.prices.book)
  })
})

it('names the cluster where there are several, and leaves the example itself as it is', () => {
  const [example] = detailOf('application').examples
  expect(example?.request.body.parameters).toEqual({
    cluster: 'lab',
    ...Object(example?.parameters),
  })
  const [alone] = describeTemplate('application', { ...reader, cluster: null })?.examples ?? []
  expect(alone?.request.body.parameters).toEqual(example?.parameters)
})

describe('prices', () => {
  it('are those of the reader’s own book where there is one', () => {
    const own = { ...standInBook, name: 'ours', version: '7', standIn: false }
    expect(describeTemplate('besu-network', { ...reader, book: own })?.prices).toMatchObject({
      ...{ book: 'ours@7', standIn: false, total: { priceBook: 'ours@7' } },
    })
  })

  it('are by the units of machines, and by Azure resources', () => {
    expect(
      detailOf('besu-network').prices.lines.map(({ unit, quantity }) => [unit, quantity]),
    ).toEqual([
      ['vCPU', 72],
      ['GiB memory', 140],
      ['GiB disk', 278],
    ])
    const vault = detailOf('key-vault').prices.lines
    expect(vault.map(({ what }) => what)).toContain(
      'Azure key-vault-operations premium in westeurope',
    )
    expect(detailOf('redis').prices).toMatchObject({ total: null, lines: [] })
  })
})

describe('a system', () => {
  it('keeps what the source declares apart from what its rows add up to', () => {
    const { system } = detailOf('smom-dbis-138')
    expect(system?.declaredTotals).toMatchObject({ cores: { least: 72, most: 72 } })
    expect(system?.derivedTotals.map(({ basis }) => basis)).toEqual([
      'rendered',
      'task',
      'optional',
      'external',
    ])
    expect(system?.derivedTotals[0]).toMatchObject({
      units: { least: 18, most: 18 },
      memory: [{ least: 140, most: 140, unit: 'GiB' }],
    })
  })

  it('has its phases in order, with what each waits on', () => {
    const { system } = detailOf('smom-dbis-138')
    expect(system?.phases.map(({ id, after }) => [id, ...after])).toEqual([
      ['platform'],
      ['nodes', 'platform'],
      ['contracts', 'nodes'],
      ['integration', 'contracts'],
    ])
    expect(system?.phases[1]?.templates).toEqual(['besu-network'])
  })
})

/** Rule ids that a template's own files write into findings. */
const writtenRules = (name: string): string[] => {
  const root = join(import.meta.dirname, '../templates')
  const folder = join(root, name)
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => join(folder, file))
    : [join(root, `${name}.ts`)]
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  const ids = [...text.matchAll(/\bfinding\(\s*'([A-Z0-9-]+)'/g)].map(([, id = '']) => id)
  return [
    ...new Set([
      ...ids,
      ...(text.includes('...noProxmox(') || /=> noProxmox\(/.test(text) ? ['CLUSTER-UNKNOWN'] : []),
    ]),
  ].sort()
}

describe.each(templates.map((template) => [template.name, template] as const))(
  'the rules of %s',
  (name, template) => {
    it('are those that its code writes', () => {
      expect([...(template.rules ?? [])].sort()).toEqual(writtenRules(name))
    })

    it('include what it reports of its examples', () => {
      for (const example of template.examples) {
        const found = template.findings(exampleInput(template, example)).map(({ rule }) => rule)
        for (const rule of found) expect(template.rules).toContain(rule)
      }
      for (const { id, severity } of detailOf(name).rules)
        expect(severity).toBe(rules[id as keyof typeof rules].severity)
    })
  },
)
