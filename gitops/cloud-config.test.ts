// The cloud-config marker becomes the text of a file, and nothing else changes.
import { describe, expect, it } from 'vitest'
import { materialise } from './cloud-config.ts'
import { toYaml } from './yaml.ts'

const file = (data: unknown) => ({
  apiVersion: 'x/v1',
  kind: 'EnvironmentFile',
  metadata: { name: 'a' },
  spec: { forProvider: { nodeName: 'h', sourceRaw: [{ fileName: 'a.yaml', data }] } },
})

describe('materialise', () => {
  it('writes the marker out, first line first, and leaves the input alone', () => {
    const marked = file({ $cloudConfig: { hostname: 'a', runcmd: [['true']] } })
    const before = structuredClone(marked)
    expect(materialise(marked, toYaml)).toEqual(
      file('#cloud-config\nhostname: "a"\nruncmd:\n  - - "true"\n'),
    )
    expect(marked).toEqual(before)
  })

  it('leaves text and other kinds as they are', () => {
    expect(materialise(file('text'), toYaml)).toEqual(file('text'))
    const other = { ...file({ $cloudConfig: {} }), kind: 'ConfigMap' }
    expect(materialise(other, toYaml)).toBe(other)
    const bare = { apiVersion: 'x/v1', kind: 'EnvironmentFile', metadata: { name: 'a' } }
    expect(materialise(bare, toYaml)).toBe(bare)
  })
})
