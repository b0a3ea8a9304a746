// What an exception excuses, what one that has ended does not, and how long one may last.
import { describe, expect, it } from 'vitest'
import type { StandingException } from '../schemas/exception.ts'
import type { Finding } from '../schemas/plan.ts'
import { applyExceptions, exceptionsFor, judgeTerm } from './exceptions.ts'
import { finding } from './finding.ts'
import { readsDigest } from './plan.ts'
import { rulesOf, sha256, snapshotOf } from './world.fixture.ts'

const exception = (more: Partial<StandingException> = {}): StandingException => ({
  name: 'trial',
  rule: 'RES-LIMITS',
  resource: 'web',
  owner: 'olga',
  reason: 'A trial of two weeks.',
  expires: '2026-12-01',
  expired: false,
  ...more,
})
const LIMITS = finding('RES-LIMITS', 'A container has no limits.', { pointer: '/spec' })
const judge = (exceptions: StandingException[], findings: Finding[] = [LIMITS]) =>
  applyExceptions(findings, { name: 'web', exceptions })

describe('an exception that holds', () => {
  it('makes of what blocks a warning that names it', () => {
    expect(judge([exception()])).toEqual([
      {
        ...LIMITS,
        severity: 'warn',
        exception: {
          name: 'trial',
          owner: 'olga',
          reason: 'A trial of two weeks.',
          expires: '2026-12-01',
        },
      },
    ])
  })

  it.each([
    ['another rule', { rule: 'PSS-RESTRICTED' }],
    ['another resource', { resource: 'api' }],
  ])('says nothing to %s', (_what, more) => {
    expect(judge([exception(more)])).toEqual([LIMITS])
  })

  it('excuses no rule that may not be excused, whatever its file says', () => {
    const secret = finding('SECRET-PLAINTEXT', 'Line 3 looks like a password.', { file: 'x.yaml' })
    expect(judge([exception({ rule: 'SECRET-PLAINTEXT' })], [secret])).toEqual([secret])
  })

  it('leaves alone what only warns', () => {
    const warned: Finding = { ...LIMITS, severity: 'warn' }
    expect(judge([exception()], [warned])).toEqual([warned])
  })

  it('for all resources holds too, and the one for this resource is named before it', () => {
    const all = exception({ name: 'all', resource: null, expires: '2027-06-01' })
    expect(judge([all])[0]?.exception?.name).toBe('all')
    expect(judge([all, exception()])[0]?.exception?.name).toBe('trial')
  })
})

describe('an exception that has ended', () => {
  const ended = exception({ expired: true, expires: '2026-11-20' })

  it('excuses nothing, and its end is said', () => {
    const judged = judge([ended])
    expect(rulesOf(judged)).toEqual(['RES-LIMITS', 'EXCEPTION-EXPIRED'])
    expect(judged.map(({ severity }) => severity)).toEqual(['block', 'block'])
    expect(judged[1]?.message).toBe('The exception trial from RES-LIMITS ended on 2026-11-20.')
  })

  it('is not said twice, nor where nothing breaks the rule, nor where another one holds', () => {
    expect(rulesOf(judge([ended], [LIMITS, LIMITS]))).toEqual([
      ...['RES-LIMITS', 'RES-LIMITS'],
      'EXCEPTION-EXPIRED',
    ])
    expect(judge([ended], [])).toEqual([])
    const another = judge([ended, exception({ name: 'all', resource: null })])
    expect(another.map(({ severity }) => severity)).toEqual(['warn'])
  })
})

describe('the term', () => {
  const days = (expires: string, more: object = {}) =>
    judgeTerm(
      {
        template: { name: 'rule-exception', version: '1.0.0' },
        action: 'create',
        parameters: { rule: 'PG-HA', owner: 'olga', reason: 'A trial of two weeks.', expires },
        ...more,
      },
      '2026-11-21',
    ).map(({ rule, pointer, numbers }) => [rule, pointer, numbers?.days, numbers?.most])

  it('is from today to the same day of the next year at most', () => {
    expect(days('2026-11-21')).toEqual([])
    expect(days('2027-11-22')).toEqual([])
    expect(days('2027-11-23')).toEqual([['EXCEPTION-TERM', '/parameters/expires', 367, 366]])
    expect(days('2026-11-20')).toEqual([['EXCEPTION-TERM', '/parameters/expires', -1, 366]])
  })

  it('is nothing to a removal, nor to another template', () => {
    expect(days('2020-01-01', { action: 'delete' })).toEqual([])
    expect(days('2020-01-01', { template: { name: 'application', version: '1.0.0' } })).toEqual([])
  })
})

describe('exceptions among the resources', () => {
  const row = (name: string, more: object = {}) => ({
    ...{ name, template: 'rule-exception', state: 'applied' },
    parameters: {
      rule: 'PG-HA',
      owner: 'olga',
      reason: 'A trial of two weeks.',
      expires: '2026-12-01',
    },
    ...more,
  })
  const named = { ...row('b').parameters, resource: 'web' }
  const rows = [
    row('c'),
    row('b', { parameters: named }),
    row('a', { parameters: { ...named, resource: 'api' } }),
    row('gone', { state: 'removed' }),
    row('going', { state: 'decommissioning' }),
    row('other', { template: 'application' }),
    row('broken', { parameters: {} }),
  ]

  it('are those that stand and concern the resource, in name order; the last day is included', () => {
    const web = { name: 'web', template: 'application' }
    const on = (day: string) =>
      exceptionsFor(web, rows, day).map(({ name, expired }) => [name, expired])
    expect(on('2026-12-01')).toEqual([
      ['b', false],
      ['c', false],
    ])
    expect(on('2026-12-02')).toEqual([
      ['b', true],
      ['c', true],
    ])
  })

  it('are nothing to an exception itself', () => {
    expect(exceptionsFor({ name: 'x', template: 'rule-exception' }, rows, '2026-11-21')).toEqual([])
  })
})

describe('what a plan read', () => {
  const digest = (exceptions: StandingException[]) =>
    readsDigest(snapshotOf({ exceptions }), { name: 'application', version: '1.0.0' }, sha256)

  it('is another thing when an exception comes, ends or changes', () => {
    const all = [[], [exception()], [exception({ expired: true })], [exception({ owner: 'anton' })]]
    expect(new Set(all.map(digest)).size).toBe(4)
  })
})
