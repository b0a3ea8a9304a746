// Lists as they are written and read, by the examples of the draft.
import { describe, expect, it } from 'vitest'
import {
  emptyList,
  POSITIONS,
  packList,
  readStatusList,
  STATUS_VALUES,
  statusAt,
  statusListPayload,
  writeStatus,
} from './status-list.ts'

const payloadOf = (bits: number, lst: string) => ({
  ...{ sub: 'https://x.example/1', iat: 1_700_000_000 },
  status_list: { bits, lst },
})
const valuesOf = async (bits: number, lst: string, count: number) => {
  const read = await readStatusList(payloadOf(bits, lst))
  return read && Array.from({ length: count }, (_, at) => statusAt(read, at))
}

describe('reading', () => {
  it('reads the draft’s examples (§4.1 one bit, §4.2 two bits)', async () => {
    expect(await valuesOf(1, 'eNrbuRgAAhcBXQ', 16)).toEqual([
      ...[1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1],
    ])
    expect(await valuesOf(2, 'eNo76fITAAPfAgc', 12)).toEqual([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])
  })

  it('says nothing beyond the list’s end, and of no number that is no position', async () => {
    const read = await readStatusList(payloadOf(1, 'eNrbuRgAAhcBXQ'))
    if (!read) throw new Error('no list')
    for (const at of [16, -1, 0.5, Number.NaN, 2 ** 60]) expect(statusAt(read, at)).toBeNull()
  })

  it('refuses what is no list', async () => {
    const bomb = await packList(new Uint8Array(2_000_000))
    for (const payload of [
      ...[{}, payloadOf(3, 'eNrbuRgAAhcBXQ'), payloadOf(1, 'bm90IHppcHBlZA'), payloadOf(1, '!')],
      ...[payloadOf(1, bomb), payloadOf(1, 'eNrbuRgA')],
      { ...payloadOf(1, 'eNrbuRgAAhcBXQ'), sub: 1 },
      { ...payloadOf(1, 'eNrbuRgAAhcBXQ'), exp: 'soon' },
      { ...payloadOf(1, 'eNrbuRgAAhcBXQ'), ttl: -1 },
    ])
      expect(await readStatusList(payload as never)).toBeNull()
  })
})

describe('writing', () => {
  it('keeps 131,072 positions of two bits, each on its own, and back again', async () => {
    const list = emptyList()
    expect(list.length * 4).toBe(POSITIONS)
    writeStatus(list, 0, 'invalid')
    writeStatus(list, 1, 'suspended')
    writeStatus(list, POSITIONS - 1, 'suspended')
    writeStatus(list, 2, 'suspended')
    writeStatus(list, 2, 'valid')
    const lst = await packList(list)
    const url = 'https://x.example/1'
    const read = await readStatusList(
      statusListPayload({ url, lst, iat: 1_700_000_000, exp: 1_700_086_400, ttl: 60 }),
    )
    expect(read).toMatchObject({ bits: 2, sub: url, exp: 1_700_086_400, ttl: 60 })
    if (!read) throw new Error('no list')
    const at = [0, 1, 2, 3, POSITIONS - 1].map((position) => statusAt(read, position))
    const { valid, invalid, suspended } = STATUS_VALUES
    expect(at).toEqual([invalid, suspended, valid, valid, suspended])
    expect(() => writeStatus(list, POSITIONS, 'invalid')).toThrow(RangeError)
  })
})
