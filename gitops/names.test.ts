// Names: DNS-safe, short, stable, and never the same for two originals.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelName } from './names.ts'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('labelName', () => {
  it('leaves good names alone', () => {
    expect(labelName(['smom-dbis-138', 'validator-01'], hash)).toBe('smom-dbis-138-validator-01')
    expect(labelName(['a'.repeat(63)], hash)).toBe('a'.repeat(63))
  })

  it('cuts with a stable suffix', () => {
    const name = labelName(['a'.repeat(40), 'b'.repeat(40)], hash)
    expect(name).toBe(labelName(['a'.repeat(40), 'b'.repeat(40)], hash))
    expect(name).toMatch(/^a{40}-b{13}-[0-9a-f]{8}$/)
    expect(name).not.toBe(labelName(['a'.repeat(40), 'b'.repeat(41)], hash))
  })

  it('tells apart what looks alike once cleaned', () => {
    expect(labelName(['A.b'], hash)).not.toBe(labelName(['a-b'], hash))
    expect(labelName(['a b'], hash)).not.toBe(labelName(['a_b'], hash))
  })

  it('makes a DNS label of anything', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (parts) => {
        expect(labelName(parts, hash)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})
