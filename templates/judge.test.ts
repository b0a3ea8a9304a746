// Every object of every template, held against judges that are not ours: the CRDs' own schemas, two YAML versions,
// and kubectl's kustomize. What is not on this machine is skipped, visibly.
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadJudge } from '../functions/cli/k8s-judge.ts'
import { culprits, kubectlAbsent } from '../functions/verify/templates/kustomize.ts'
import { guard } from '../gitops/guard.ts'
import { render } from '../gitops/render.ts'
import { exampleInput } from './example-inputs.ts'
import { templates } from './index.ts'

const cases = templates.flatMap((template) =>
  template.examples.flatMap((example) =>
    (['argocd', 'flux'] as const).flatMap((engine) =>
      [false, true].map((guardsLifted) => {
        const input = { ...exampleInput(template, example, engine), guardsLifted }
        const title = `${template.name} ${engine}${guardsLifted ? ' lifted' : ''}`
        return { title, template, input, rendered: render(template, input) }
      }),
    ),
  ),
)

const parse = (text: string, version: '1.1' | '1.2'): unknown => {
  const documents = parseAllDocuments(text, { version })
  expect(documents).toHaveLength(1)
  const [document] = documents
  if (!document || !('errors' in document)) throw new Error('no document')
  expect([...document.errors, ...document.warnings]).toEqual([])
  return document.toJS()
}

describe('schemas of the real kinds', () => {
  const judge = loadJudge()
  if ('absent' in judge) {
    console.log(`skipped: ${judge.absent}`)
    it.skip(judge.absent, () => {})
    return
  }

  it.each(cases)('accept everything of $title', ({ rendered }) => {
    for (const { path, manifest } of rendered.objects) {
      expect(judge.judge(manifest), path).toEqual([])
    }
  })

  it('refuse a typo and an unknown kind', () => {
    const vm = cases
      .flatMap(({ rendered }) => rendered.objects)
      .map(({ manifest }) => manifest)
      .find(({ kind }) => kind === 'EnvironmentVM')
    if (!vm) throw new Error('no VM rendered')
    expect(judge.judge({ ...vm, spec: { ...(vm.spec as object), forProvidr: {} } })).not.toEqual([])
    expect(judge.judge({ ...vm, kind: 'EnvironmentVn' })).toHaveLength(1)
  })

  afterAll(() => console.log(`kinds checked: ${judge.kinds().join(', ')}`))
})

describe('two YAML versions', () => {
  it.each(cases)('read $title the same', ({ rendered, template, input }) => {
    const objects = new Map<string, unknown>(
      rendered.objects.map(({ path, manifest }) => [path, manifest]),
    )
    for (const { path, value } of template.records?.files(input) ?? []) objects.set(path, value)
    for (const { path, content } of rendered.files) {
      const read = parse(content, '1.1')
      expect(parse(content, '1.2')).toEqual(read)
      if (!path.endsWith('/kustomization.yaml')) expect(read).toEqual(objects.get(path))
    }
  })
})

describe('kubectl kustomize', () => {
  const absent = kubectlAbsent()
  if (absent) console.log('skipped: kubectl is not on this machine')
  // Under a tenant each, because all of them stand in one build: a process takes a tenth of a second, however little it
  // builds. The same leaves without their guards are built by `npm run verify`.
  const sets = cases
    .filter(({ input, template }) => !input.guardsLifted && !template.records)
    .map(({ title, template, input }, index) => {
      const tenant = { ...input.tenant, slug: `example-${index}` }
      return { title, ...render(template, { ...input, tenant }) }
    })

  it.skipIf(absent)('builds every directory of every template', { timeout: 60_000 }, () => {
    expect(sets.length).toBeGreaterThan(templates.length)
    expect(culprits(sets).map(({ set, fault }) => `${set.title}: ${fault}`)).toEqual([])
  })
})

describe('our own rules', () => {
  it.each(cases)('find nothing to block in $title', ({ rendered, input }) => {
    const options = {
      tenantSlug: input.tenant.slug,
      cluster: input.cluster.name,
      guardsLifted: input.guardsLifted,
    }
    expect(guard(rendered, rendered.files, options)).toEqual([])
  })

  it.each(cases)('render $title the same twice', ({ template, input, rendered }) => {
    expect(render(template, structuredClone(input)).files).toEqual(rendered.files)
  })
})
