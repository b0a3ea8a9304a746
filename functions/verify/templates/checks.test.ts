// Every check of the fuzz can fail: a sound set is damaged in one place, and the check meant for it says so.
import { describe, expect, it } from 'vitest'
import { type Rendered, render } from '../../../gitops/render.ts'
import type { Manifest, Template } from '../../../schemas/template.ts'
import { exampleInput } from '../../../templates/example-inputs.ts'
import { findTemplate } from '../../../templates/index.ts'
import { loadJudge } from '../../cli/k8s-judge.ts'
import { acceptedBy, checks, type Subject } from './checks.ts'
import { failuresOf, setsOf } from './fuzz.ts'
import { culprits, kubectlAbsent } from './kustomize.ts'

const template = findTemplate('application') as Template
const example = template.examples[0] as Template['examples'][number]
const input = exampleInput(template, example)
const sound = render(template, input)
const subject = (rendered: Rendered, of = template): Subject => ({ template: of, input, rendered })

const check = (title: string, about: Subject): string[] =>
  (checks[title]?.(about) ?? []).map(({ what }) => what)

/** The set with one object changed, and written again. */
const damaged = (kind: string, change: (manifest: Manifest) => unknown): Rendered => {
  const damage = (template: Template): Template => ({
    ...template,
    render: (given) =>
      structuredClone(template.render(given)).map((component) => {
        for (const manifest of component.objects) if (manifest.kind === kind) change(manifest)
        return component
      }),
  })
  return render(damage(template), input)
}

const withText = (from: string | RegExp, to: string): Rendered => ({
  ...sound,
  files: sound.files.map(({ path, content }) => ({ path, content: content.replace(from, to) })),
})

describe('each check', () => {
  it.each(Object.keys(checks))('has nothing against a sound set: %s', (title) => {
    expect(check(title, subject(sound))).toEqual([])
  })

  it('notices a template that throws', () => {
    const thrown = { template, input, rendered: null, thrown: 'no' } as const
    expect(check('renders what it takes', thrown)).toEqual(['throws: no'])
  })

  it('notices a word that is a boolean to YAML 1.1 alone', () => {
    const title = 'is read the same by YAML 1.1 and 1.2'
    const name = /name: "portal"/
    expect(check(title, subject(withText(name, 'name: yes')))).toContain('two readings')
    expect(check(title, subject(withText(name, 'name: other')))).toContain(
      'another object is read than was written',
    )
    expect(check(title, subject(withText(name, 'name: "'))).join()).toContain('does not parse')
  })

  it('notices what the guard blocks', () => {
    const elsewhere = damaged('Service', ({ metadata }) => {
      metadata.namespace = 'kube-system'
    })
    expect(check('passes the guard', subject(elsewhere)).join()).toContain('TENANT-SCOPE')
  })

  it('notices a template that is not pure', () => {
    let count = 0
    const impure: Template = {
      ...template,
      render: (given) =>
        template.render(given).map((component) => ({ ...component, name: `n${count++}` })),
    }
    expect(check('renders the same twice', subject(render(impure, input), impure))).toHaveLength(1)
  })

  it('notices a directory of 301 entries', () => {
    const files = Array.from({ length: 301 }, (_, index) => ({ path: `a/${index}`, content: '' }))
    expect(check('keeps directories small', subject({ ...sound, files }))).toHaveLength(1)
  })

  it('notices an object with two owners', () => {
    const title = 'gives every object one owner'
    const twice = { ...sound, objects: [...sound.objects, ...sound.objects.slice(0, 1)] }
    expect(check(title, subject(twice))).toEqual(['Deployment is rendered twice'])
    const ofFlux = render(template, exampleInput(template, example, 'flux'))
    expect(check(title, subject(ofFlux))).toEqual(['Kustomization is no object for argocd'])
  })

  it('notices names that are too long, or of the wrong form', () => {
    const title = 'keeps names within what Kubernetes takes'
    const found = [
      damaged('Service', ({ metadata }) => {
        metadata.name = '1st'
      }),
      damaged('Deployment', ({ metadata }) => {
        metadata.name = 'a'.repeat(64)
      }),
      damaged('Deployment', ({ metadata }) => {
        metadata.labels = { app: 'a'.repeat(64) }
      }),
      damaged('Deployment', (manifest) => {
        manifest.spec = { containers: [{ name: 'a', ports: [{ name: 'a'.repeat(16) }] }] }
      }),
    ].map((rendered) => check(title, subject(rendered)))
    expect(found).toEqual([
      ['Service has a name that its kind cannot have'],
      ['Deployment has a name that its kind cannot have'],
      ['Deployment has a label whose value is none'],
      ['Deployment has a container port whose name is none'],
    ])
  })

  const judge = loadJudge()
  it.skipIf('absent' in judge)('notices what a schema refuses, and a kind without one', () => {
    if ('absent' in judge) return
    const accepts = (rendered: Rendered) =>
      acceptedBy(judge)(subject(rendered)).map(({ what }) => what)
    expect(accepts(sound)).toEqual([])
    const wrong = damaged('Service', (manifest) => {
      manifest.spec = { ports: 'http' }
    })
    expect(accepts(wrong)).toHaveLength(1)
    const unknown = damaged('Service', (manifest) => {
      manifest.kind = 'Servise'
    })
    expect(accepts(unknown).join()).toContain('no schema for v1/Servise')
  })

  it.skipIf(kubectlAbsent())('notices what kubectl cannot build, and which set it is', () => {
    const other = render(template, { ...input, tenant: { ...input.tenant, slug: 'other' } })
    expect(culprits([sound, other])).toEqual([])
    const missing = withText('"service-portal.yaml"', '"service-other.yaml"')
    expect(culprits([other, missing]).map(({ set }) => set)).toEqual([missing])
    const [together] = culprits([sound, sound])
    expect(together?.fault).toContain('together with others')
  })
})

describe('a failure', () => {
  it('is told once, with the smallest set that shows it', () => {
    const fussy: Template = {
      ...template,
      render: (given) => {
        const { replicas } = given.parameters as { replicas: { max: number } }
        if (replicas.max > 7) throw new Error('more than 7')
        return template.render(given)
      },
    }
    const failures = failuresOf(
      setsOf(fussy, { wanted: 60, seed: 1 }),
      checks['renders what it takes'] ?? (() => []),
    )
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('throws: more than 7')
    expect(failures[0]).toMatch(/"max":8\b/)
  })
})
