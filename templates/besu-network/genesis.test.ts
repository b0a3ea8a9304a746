// The genesis: RLP against the specification's examples, extraData against the documented vectors, and the whole
// document against a schema that is not ours.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { extraData, genesis } from './genesis.ts'
import { rlp } from './rlp.ts'

const ZEROS = '00'.repeat(32)
const hex = (text: string) => Buffer.from(text).toString('hex')

describe('RLP', () => {
  // ethereum.org, "Recursive-length prefix serialization", examples
  it.each([
    [hex('dog'), '83646f67'],
    [[hex('cat'), hex('dog')], 'c88363617483646f67'],
    ['', '80'],
    [[], 'c0'],
    ['00', '00'],
    ['0f', '0f'],
    ['7f', '7f'],
    ['80', '8180'],
    ['0400', '820400'],
    [[[], [[]], [[], [[]]]], 'c7c0c1c0c3c0c1c0'],
    ['61'.repeat(55), `b7${'61'.repeat(55)}`],
    ['61'.repeat(56), `b838${'61'.repeat(56)}`],
    ['61'.repeat(1024), `b90400${'61'.repeat(1024)}`],
    [['61'.repeat(55)], `f838b7${'61'.repeat(55)}`],
  ])('encodes %j', (item, encoded) => {
    expect(rlp(item)).toBe(encoded)
  })

  it.each(['0', 'zz', '0x00', 'AB'])('refuses %s', (text) => {
    expect(() => rlp(text)).toThrow(TypeError)
  })
})

describe('extraData', () => {
  it('equals the example with four validators in Besu’s documentation', () => {
    // Besu docs, "Configure QBFT consensus", block header validator selection
    const documented =
      '0xf87aa00000000000000000000000000000000000000000000000000000000000000000'.concat(
        'f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0',
        '318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0',
      )
    expect(
      extraData([
        '0x64a702e6263b7297a96638cac6ae65e6541f4169',
        '0x3923390ad55e90c237593b3b0e401f3b08a03185',
        '0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692',
        '0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78',
      ]),
    ).toBe(documented)
  })

  it('equals the example with validators in a contract: none in the header', () => {
    expect(extraData([])).toBe(`0xe5a0${ZEROS}c0c080c0`)
  })
})

describe('the document', () => {
  const parameters = {
    chainId: 138,
    blockPeriodSeconds: 5,
    requestTimeoutSeconds: 10,
    epochLength: 30_000,
    gasLimit: '0x1fffffffffffff',
  }
  const addresses = ['c', 'a', 'd', 'b'].map((digit) => `0x${digit.repeat(40)}`)

  it('lists validators in ascending order, whatever order they came in', () => {
    const { extraData: data } = genesis(parameters, addresses)
    expect(data).toBe(extraData([...addresses].sort()))
    expect(genesis(parameters, [...addresses].reverse())).toEqual(genesis(parameters, addresses))
  })

  const schemaFile = join(import.meta.dirname, '../../../shared/data/besu/genesis-qbft.schema.json')
  const absent = !existsSync(schemaFile)
  if (absent) console.log('skipped: no genesis schema beside the repository')

  it.skipIf(absent)('passes the schema of a QBFT genesis, and a typo does not', () => {
    const validator = new Validator(JSON.parse(readFileSync(schemaFile, 'utf8')), '7', false)
    const document = genesis(parameters, addresses)
    expect(validator.validate(document).errors).toEqual([])
    expect(validator.validate({ ...document, dificulty: '0x1' }).valid).toBe(false)
  })
})
