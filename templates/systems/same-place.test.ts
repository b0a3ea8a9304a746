// That a finding about a block leads to what the caller wrote, and nowhere where that is not clear.
import { expect, it } from 'vitest'
import { CLUSTERS, SITES } from '../../functions/local/defaults.ts'
import { planned, snapshotOf } from '../../gitops/world.fixture.ts'
import { Site } from '../../schemas/place.ts'
import { locAzHci } from './loc-az-hci/system.ts'
import { samePlace } from './same-place.ts'

it('leads to the same field, else to the same list or object, and never to one of two', () => {
  const here = { parameters: { templates: [{ host: 'a', vmId: 1 }], sites: ['x'], cores: 2 } }
  const there = { parameters: { k8s: { templates: [{ host: 'a', vmId: 1 }] }, count: 2 } }
  expect(samePlace('/parameters/templates/0/host', here, there)).toBe(
    '/parameters/k8s/templates/0/host',
  )
  expect(samePlace('/parameters/cores', here, there)).toBeUndefined()
  expect(samePlace('/parameters/sites', here, there)).toBeUndefined()
  expect(samePlace(undefined, here, there)).toBeUndefined()
  const renamed = { parameters: { vmTemplates: [{ host: 'a', vmId: 1 }] } }
  expect(samePlace('/parameters/templates', here, renamed)).toBe('/parameters/vmTemplates')
  const twice = { parameters: { one: { cores: 2 }, two: { cores: 2 } } }
  expect(samePlace('/parameters/cores', here, twice)).toBeUndefined()
})

it('names a host that nobody knows in the parameters of the system, not of its block', () => {
  const world = snapshotOf({
    ...{ sites: SITES.map((site) => Site.parse(site)), clusters: CLUSTERS },
    basesOn: CLUSTERS.map(({ name }) => name),
  })
  const found = (templates: object[]) =>
    planned(
      {
        ...{ action: 'create', template: `${locAzHci.name}/kubernetes`, name: 'loc-kubernetes' },
        parameters: { cluster: 'loc-mgmt', kubernetes: { templates } },
      },
      world,
    ).plan.findings.filter(({ rule }) => rule === 'HOST-UNKNOWN')
  const known = SITES.flatMap(({ hosts }) => hosts).map(({ name }, at) => ({
    ...{ host: name, vmId: 9000 + at },
  }))
  expect(found(known)).toEqual([])
  expect(found([...known, { host: 'ghost-9', vmId: 9100 }])).toMatchObject([
    {
      ...{ severity: 'block', pointer: `/parameters/kubernetes/templates/${known.length}/host` },
      numbers: { place: known.length + 1, named: known.length + 1, hosts: known.length },
    },
  ])
})
