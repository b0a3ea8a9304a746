// Types of events by the ids that the log has, and what an endpoint is told of what it asks for.
import { expect, it } from 'vitest'
import { EVENT_FILTERS, eventTypeOf, isAskedFor, subjectOf } from './webhook.ts'

it.each([
  [`chg_${'a'.repeat(26)}`, 'change'],
  [`rol_${'a'.repeat(26)}`, 'rollout'],
  [`usr_${'a'.repeat(20)}`, 'member'],
  [`svc_${'a'.repeat(20)}`, 'member'],
  [`inv${'a'.repeat(16)}`, 'invitation'],
  [`tok${'a'.repeat(16)}`, 'token'],
  [`wkl_${'a'.repeat(20)}`, 'workload'],
  ['inv_2026-11', 'invoice'],
  [`ten_eu_${'a'.repeat(16)}`, 'tenant'],
  [`whe_${'a'.repeat(20)}`, 'webhook'],
  ['rita', 'record'],
])('%s is of a %s', (id, subject) => {
  expect(subjectOf(id)).toBe(subject)
})

it('names what a subject became, and a step that leaves the state a note', () => {
  const id = 'chg_x'
  expect(eventTypeOf({ id, from: 'none', to: 'accepted' })).toBe('phoenix.change.accepted')
  expect(eventTypeOf({ id, from: 'proposed', to: 'proposed' })).toBe('phoenix.change.noted')
})

it('tells what is asked for: all, a type, a subject', () => {
  expect(isAskedFor([], 'phoenix.record.x')).toBe(true)
  expect(isAskedFor(['phoenix.change.applied'], 'phoenix.change.applied')).toBe(true)
  expect(isAskedFor(['phoenix.change.applied'], 'phoenix.change.failed')).toBe(false)
  expect(isAskedFor(['phoenix.change.*'], 'phoenix.change.failed')).toBe(true)
  expect(isAskedFor(['phoenix.change.*'], 'phoenix.rollout.failed')).toBe(false)
  expect(new Set(EVENT_FILTERS).size).toBe(EVENT_FILTERS.length)
  expect(EVENT_FILTERS).toContain('phoenix.invoice.settled')
})
