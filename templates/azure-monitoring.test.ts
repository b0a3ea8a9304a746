// Monitoring in Azure: keys off, the same retention on both sides, alerts that reach who is named now.
import { expect, it } from 'vitest'
import { accepts, objectsOf, specsOf } from './azure.fixture.ts'

const NAME = 'azure-monitoring'
const spec = (kind: string, more: Record<string, unknown> = {}) =>
  Object.values(specsOf(kind, objectsOf(NAME, more)))[0]

it('takes telemetry from Entra identities only, unless browsers must send it', () => {
  expect(spec('Component')).toMatchObject({ DisableLocalAuth: true })
  expect(spec('Component', { ingestionKeys: true })).toMatchObject({ DisableLocalAuth: false })
  for (const ingestionKeys of [true, false]) {
    expect(spec('Workspace', { ingestionKeys })).toMatchObject({
      features: { disableLocalAuth: true },
    })
  }
})

it('keeps logs and telemetry equally long, in steps that both services know', () => {
  const more = { retentionDays: 550 }
  expect(spec('Workspace', more)).toMatchObject({ retentionInDays: 550 })
  expect(spec('Component', more)).toMatchObject({ RetentionInDays: 550 })
  for (const retentionDays of [7, 29, 31, 100, 731]) {
    expect(accepts(NAME, { retentionDays }), String(retentionDays)).toBe(false)
  }
})

it('caps the day only when it is told to', () => {
  expect(spec('Workspace', { dailyCapGb: 3 })).toMatchObject({
    workspaceCapping: { dailyQuotaGb: 3 },
  })
  expect(spec('Workspace', { dailyCapGb: undefined })).not.toHaveProperty('workspaceCapping')
  expect(accepts(NAME, { dailyCapGb: 0 })).toBe(false)
})

it('joins telemetry, alert and receivers by name', () => {
  const reference = (kind: string) => expect.objectContaining({ kind, name: 'thing' })
  expect(spec('Component')?.workspaceResourceReference).toEqual(reference('Workspace'))
  expect(spec('ScheduledQueryRule')).toMatchObject({
    scopesReferences: [reference('Workspace')],
    actions: { actionGroupsReferences: [reference('ActionGroup')] },
    criteria: { allOf: [{ threshold: 50, operator: 'GreaterThan' }] },
  })
})

it('tells only who is named, and leaves nobody behind', () => {
  const receivers = [{ name: 'night', email: 'night@example.com' }]
  expect(spec('ActionGroup', { receivers })).toMatchObject({
    location: 'swedencentral',
    emailReceivers: [{ name: 'night', emailAddress: 'night@example.com' }],
  })
  const group = objectsOf(NAME).find(({ kind }) => kind === 'ActionGroup')
  expect(group?.metadata.annotations).toBeUndefined()
  expect(accepts(NAME, { receivers: [] })).toBe(false)
  expect(accepts(NAME, { receivers: [...receivers, ...receivers] })).toBe(false)
  expect(accepts(NAME, { receivers: [{ name: 'night', email: 'night' }] })).toBe(false)
})

it('has a short name that Azure takes, whatever the resource is called', () => {
  const short = (name: string) =>
    Object.values(specsOf('ActionGroup', objectsOf(NAME, {}, { name })))[0]?.groupShortName
  expect(short('a')).toBe('a')
  expect(short('elevenchars-and-more')).toBe('elevenchars')
  expect(short('order-monitoring')).toBe('order-monito')
})
