// What the host of workflows is told, that secrets are only named, and that apps keep apart.
import { describe, expect, it } from 'vitest'
import { LogicAppParameters } from '../schemas/parameters/logic-app.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const template = findTemplate('logic-app')
if (!template) throw new Error('no logic-app')

const parameters = {
  image: 'registry.example/flows:1.0.0',
  storage: { name: 'flow-storage', key: 'connection-string' },
}
const objectsOf = (more: object = {}, name = 'flow') =>
  template
    .render(exampleInput(template, { name, parameters: { ...parameters, ...more } }))
    .flatMap(({ objects }) => objects)
const containerOf = (more: object = {}, name = 'flow') => {
  const found = objectsOf(more, name).find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } }
  }
  const [container] = found.spec.template.spec.containers
  if (!container) throw new Error('no container')
  return container
}
const setting = (wanted: string, more: object = {}, name = 'flow') =>
  containerOf(more, name).env.find((variable) => variable.name === wanted)

describe('the host', () => {
  it('reads its storage and its connections from Secrets', () => {
    const ref = { name: 'flow-connections', key: 'bus' }
    const settings = [{ name: 'WORKFLOW_BUS', secretKeyRef: ref }]
    expect(setting('AzureWebJobsStorage')).toEqual({
      name: 'AzureWebJobsStorage',
      valueFrom: { secretKeyRef: parameters.storage },
    })
    expect(setting('WORKFLOW_BUS', { settings })).toEqual({
      name: 'WORKFLOW_BUS',
      valueFrom: { secretKeyRef: ref },
    })
  })

  it('has an id that its pods share and other apps do not, of at most 32 characters', () => {
    const id = setting('AzureFunctionsWebHost__hostid')?.value ?? ''
    expect(id).toMatch(/^[a-z0-9-]{1,32}$/)
    expect(setting('AzureFunctionsWebHost__hostid', { replicas: 5 })?.value).toBe(id)
    expect(setting('AzureFunctionsWebHost__hostid', {}, 'other')?.value).not.toBe(id)
  })

  it('names itself as it is reached', () => {
    expect(setting('WEBSITE_HOSTNAME')?.value).toBe('flow.dbis.svc:8080')
    expect(setting('WEBSITE_HOSTNAME', { hostname: 'flow.example.org' })?.value).toBe(
      'flow.example.org',
    )
  })
})

describe('refused', () => {
  it.each([
    ['an image without a version', { image: 'registry.example/flows' }],
    ['root', { runAsUser: 0 }],
    ['a setting that is a value', { settings: [{ name: 'WORKFLOW_BUS', value: 'x' }] }],
    [
      'a setting that would replace one of the host',
      { settings: [{ name: 'AzureWebJobsStorage', secretKeyRef: parameters.storage }] },
    ],
  ])('%s', (_, more) => {
    expect(LogicAppParameters.safeParse({ ...parameters, ...more }).success).toBe(false)
  })
})
