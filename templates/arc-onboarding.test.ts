// What Azure Arc is told about a cluster: which one, what it follows and in which order. Nothing secret, and no other branch.
import { describe, expect, it } from 'vitest'
import { shapeFaults } from '../gitops/shapes.ts'
import { holdsData } from '../gitops/stateful.ts'
import { fluxId } from '../schemas/flux.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate, renderingPhases, templates } from './index.ts'

const template = findTemplate('arc-onboarding')
if (!template) throw new Error('no arc-onboarding')
const base = template.examples[0]?.parameters as Record<string, unknown>

const rendered = (more: object = {}): Record<string, Manifest> => {
  const parameters = { ...base, ...more }
  const objects = template
    .render(exampleInput(template, { name: 'apps-arc', parameters }))
    .flatMap(({ objects }) => objects)
  return Object.fromEntries(objects.map((object) => [object.kind, object]))
}
const accepts = (more: object): boolean =>
  template.parameters.safeParse({ ...base, ...more }).success
const ID = '/subscriptions/3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11/resourceGroups'

describe('the connected cluster', () => {
  it('is expected in the group that is made for it', () => {
    const { ResourceGroup, Extension, FluxConfiguration } = rendered()
    const armId = `${ID}/dbis-apps-arc/providers/Microsoft.Kubernetes/connectedClusters/apps`
    expect(ResourceGroup?.spec).toMatchObject({ azureName: 'dbis-apps-arc' })
    for (const object of [Extension, FluxConfiguration])
      expect(object?.spec).toMatchObject({ owner: { armId } })
  })

  it('of another group gets none', () => {
    const { ResourceGroup, FluxConfiguration } = rendered({ resourceGroup: 'Edge_1' })
    expect(ResourceGroup).toBeUndefined()
    expect(FluxConfiguration?.spec).toMatchObject({
      owner: {
        armId: `${ID}/Edge_1/providers/Microsoft.Kubernetes/connectedClusters/apps`,
      },
    })
  })

  it('that has Flux keeps its own', () => {
    expect(rendered({ installFlux: false })).not.toHaveProperty('Extension')
  })
})

describe('what is followed', () => {
  it('is the branch live, in the tenant’s namespace, as the entries call their source', () => {
    expect(rendered().FluxConfiguration?.spec).toMatchObject({
      azureName: 'phoenix',
      scope: 'namespace',
      namespace: 'dbis',
      gitRepository: {
        url: 'https://forge.example/phoenix/dbis.git',
        repositoryRef: { branch: 'live' },
        localAuthRef: 'phoenix-git',
      },
      kustomizations: {
        tenant: { path: './clusters/apps/flux', dependsOn: [], prune: true, wait: false },
      },
    })
  })

  it('is applied in the order given, and says so field by field', () => {
    const step = (name: string, more: object = {}) => ({
      name,
      path: `rendered/edge/${name}`,
      ...more,
    })
    const kustomizations = [step('one'), step('two', { prune: false, wait: false }), step('three')]
    expect(rendered({ kustomizations }).FluxConfiguration?.spec).toMatchObject({
      kustomizations: {
        one: { dependsOn: [], prune: true, wait: true },
        two: { dependsOn: ['one'], prune: false, wait: false },
        three: { dependsOn: ['two'], prune: true, wait: true },
      },
    })
  })

  it.each([
    ['another branch', { repositoryRef: { branch: 'main' } }],
    ['a password in its address', { url: 'https://user:secret@forge.example/a.git' }],
    ['a user', { httpsUser: 'git' }],
  ])('with %s has no shape', (_, more) => {
    const configuration = rendered().FluxConfiguration as Manifest & {
      spec: { gitRepository: object }
    }
    const gitRepository = { ...configuration.spec.gitRepository, ...more }
    const other = { ...configuration, spec: { ...configuration.spec, gitRepository } }
    expect(shapeFaults(configuration)).toEqual([])
    expect(shapeFaults(other)).not.toEqual([])
  })

  it.each([
    ['a directory above', { kustomizations: [{ name: 'a', path: 'rendered/../main' }] }],
    ['the root', { kustomizations: [{ name: 'a', path: '.' }] }],
    [
      'one name for two',
      {
        kustomizations: [
          { name: 'a', path: 'rendered/a' },
          { name: 'a', path: 'rendered/b' },
        ],
      },
    ],
    ['a subscription that is none', { subscriptionId: 'production' }],
    ['a name that ends its id', { connectedCluster: 'a/extensions/b' }],
    ['a token', { gitSecret: 'ghp_0123456789' }],
  ])('with %s is no request', (_, more) => expect(accepts(more)).toBe(false))
})

it('takes along everything it applied when it goes, so it is guarded', () => {
  expect(['Extension', 'FluxConfiguration'].map(holdsData)).toEqual([true, true])
  expect(rendered().FluxConfiguration?.metadata.annotations).toMatchObject({
    'serviceoperator.azure.com/reconcile-policy': 'detach-on-delete',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  })
})

it('says which configurations it writes in Azure, and so does every template and phase that renders one', () => {
  const saying: string[] = []
  for (const each of [...templates, ...renderingPhases])
    for (const { name, parameters } of each.examples) {
      const input = exampleInput(each, { name, parameters })
      const ids = each
        .render(input)
        .flatMap(({ objects }) => objects)
        .filter(({ kind, apiVersion }) => kind === 'FluxConfiguration' && /azure/.test(apiVersion))
        .map(({ spec }) => spec as { azureName: string; owner: { armId: string } })
        .map(({ azureName, owner }) => fluxId(owner.armId, azureName))
      expect(each.writesInAzure?.(input, input.tenant.slug) ?? [], each.name).toEqual(ids)
      if (ids.length > 0) saying.push(each.name)
    }
  expect(new Set(saying)).toEqual(new Set(['arc-onboarding', 'loc_az_hci/gitops']))
})
