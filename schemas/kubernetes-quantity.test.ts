// Kubernetes' quantities in our units: demand is rounded up, supply down, and nothing is off by a rounding error.
import { expect, it } from 'vitest'
import { cpuMilliOf, demandMiBOf, supplyMiBOf } from './kubernetes-quantity.ts'

it.each([
  ['1', 1000],
  ['70m', 70],
  ['250m', 250],
  ['1001m', 1001],
  ['32', 32_000],
  ['1.5', 1500],
])('%s of a CPU is %i thousandths', (text, milli) => {
  expect(cpuMilliOf(text)).toBe(milli)
})

it('thousandths of a core come out as they went in', () => {
  for (let milli = 1; milli < 20_000; milli += 1) expect(cpuMilliOf(`${milli}m`)).toBe(milli)
})

it.each([
  ['128Mi', 128, 128],
  ['2Gi', 2048, 2048],
  ['1Ti', 1_048_576, 1_048_576],
  ['500G', 476_838, 476_837],
  ['1', 1, 0],
  ['1024Ki', 1, 1],
])('%s of memory is %i MiB asked for and %i given', (text, asked, given) => {
  expect([demandMiBOf(text), supplyMiBOf(text)]).toEqual([asked, given])
})

it.each(['', '-1', 'Gi', '1gi', '1 Gi', '1e3'])('%j is no quantity', (text) => {
  expect(() => demandMiBOf(text)).toThrow('not a quantity')
})

it('what no number can hold stays a whole number', () => {
  expect(Number.isSafeInteger(cpuMilliOf('9999999999Ti'))).toBe(true)
  expect(Number.isSafeInteger(supplyMiBOf('9999999999Ti'))).toBe(true)
})
