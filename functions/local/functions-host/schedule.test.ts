// When a timer comes next, and which expressions are refused.
import { expect, it } from 'vitest'
import { parseSchedule } from './schedule.ts'

const AFTER = '2026-11-21T12:34:56.500Z' // a Saturday

it.each([
  ['*/2 * * * * *', '2026-11-21T12:34:58.000Z'],
  ['0 */5 * * * *', '2026-11-21T12:35:00.000Z'],
  ['*/5 * * * *', '2026-11-21T12:35:00.000Z'],
  ['0 0 * * * *', '2026-11-21T13:00:00.000Z'],
  ['0 30 9 * * 1-5', '2026-11-23T09:30:00.000Z'],
  ['0 30 9 * Jan Mon', '2027-01-04T09:30:00.000Z'],
  ['0 0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['15,45 0 12 21 11 *', '2027-11-21T12:00:15.000Z'],
  ['0 10-20/5 12 * * *', '2026-11-22T12:10:00.000Z'],
  ['0 50/5 12 * * *', '2026-11-21T12:50:00.000Z'],
  ['01:00:00', '2026-11-21T13:34:56.500Z'],
])('%s', (expression, next) => {
  expect(parseSchedule(expression)(new Date(AFTER)).toISOString()).toBe(next)
})

it('comes after the moment given, not at it', () => {
  const noon = new Date('2026-11-21T12:00:00.000Z')
  expect(parseSchedule('0 0 12 * * *')(noon).toISOString()).toBe('2026-11-22T12:00:00.000Z')
})

it.each([
  '',
  '* * * *',
  '60 * * * * *',
  '0 0 24 * * *',
  '0 0 0 31 2 *',
  '*/0 * * * * *',
  '5-1 * * * * *',
  '1-2-3 * * * * *',
  'x * * * * *',
  '%Schedule%',
  '00:00:00',
])('refuses %s', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(/^schedule: /)
})
