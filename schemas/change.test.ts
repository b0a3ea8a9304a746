// The table of moves, held against the order in which a change lives: nothing else changes a state.
import { expect, it } from 'vitest'
import {
  ApproveRequest,
  ChangeRequest,
  ChangeState,
  isOpen,
  isOver,
  mayMove,
  moves,
  OPEN_STATES,
  ReasonRequest,
  ReviseRequest,
} from './change.ts'

const ALL = ChangeState.options

it('knows the legal moves and no others', () => {
  const legal = ALL.flatMap((from) =>
    ALL.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
  )
  expect(legal.sort()).toEqual(
    [
      ...['proposed', 'rejected', 'closed', 'failed'].map((to) => `accepted ${to}`),
      ...['proposed', 'approved', 'rejected', 'closed', 'expired', 'superseded', 'failed'].map(
        (to) => `proposed ${to}`,
      ),
      ...['proposed', 'merged', 'rejected', 'closed', 'expired', 'superseded'].map(
        (to) => `approved ${to}`,
      ),
      'merged promoted',
      ...['applying', 'applied', 'failed'].map((to) => `promoted ${to}`),
      ...['applied', 'failed'].map((to) => `applying ${to}`),
      ...['applying', 'applied'].map((to) => `failed ${to}`),
      // Whatever Phoenix says, somebody on the forge may merge it all the same, while or after it had a pull request.
      ...[
        ...['proposed', 'approved', 'merged', 'failed'],
        ...['rejected', 'expired', 'closed', 'superseded'],
      ].map((from) => `${from} merged_unauthorised`),
    ].sort(),
  )
})

it('has an end for every beginning, and none after what was applied or stands unapplied', () => {
  expect(Object.keys(moves).sort()).toEqual([...ALL].sort())
  expect(ALL.filter((state) => moves[state].length === 0)).toEqual([
    'applied',
    'merged_unauthorised',
  ])
})

it('holds its resource from its acceptance until it is applied or ends', () => {
  expect(OPEN_STATES).toEqual([
    ...['accepted', 'proposed', 'approved', 'merged', 'promoted', 'applying'],
  ])
  expect(ALL.filter(isOpen)).toEqual(OPEN_STATES)
})

it('is over where nothing can follow but a merge past the gate', () => {
  expect(ALL.filter(isOver)).toEqual([
    ...['applied', 'rejected', 'expired', 'closed', 'superseded', 'merged_unauthorised'],
  ])
})

const DIGEST = `sha256:${'a'.repeat(64)}`
const asked = { action: 'create', template: 'virtual-machine', name: 'web' }
const takes = (more: object) => ChangeRequest.safeParse({ ...asked, ...more }).success

it('takes a request as it is documented, and nothing beside it', () => {
  expect(ChangeRequest.parse(asked)).toEqual({ ...asked, parameters: {} })
  for (const action of ['create', 'update', 'delete', 'failover'])
    expect(takes({ action })).toBe(true)
  expect(takes({ action: '' })).toBe(false)
  expect(takes({ more: 1 })).toBe(false)
  expect([takes({ template: '' }), takes({ template: 'x'.repeat(60) })]).toEqual([false, true])
  expect(takes({ template: 'x'.repeat(61) })).toBe(false)
  for (const version of ['1.0.0', '1234.1234.1234']) expect(takes({ version })).toBe(true)
  for (const version of [
    '1.0',
    'v1.0.0',
    '1.0.0-a',
    '12345.1.1',
    '1.12345.1',
    '1.1.12345',
    '1a0a0',
    '..',
  ])
    expect(takes({ version })).toBe(false)
  expect(takes({ confirm: DIGEST, overwrite: DIGEST, parameters: { a: 1 } })).toBe(true)
})

it('takes a reason of one line, and a head of Git', () => {
  const reason = (value: string) => ReasonRequest.safeParse({ reason: value }).success
  expect([reason(''), reason('late — it is'), reason('x'.repeat(500))]).toEqual([true, true, true])
  expect([reason('x'.repeat(501)), reason('a\nb'), reason('\u202ea'), reason('a\u0000')]).toEqual([
    ...[false, false, false, false],
  ])
  expect(ReasonRequest.safeParse({ more: 1 }).success).toBe(false)
  expect(ReviseRequest.parse({ parameters: { a: 1 } })).toEqual({ parameters: { a: 1 } })
  expect(ReviseRequest.safeParse({ more: 1 }).success).toBe(false)
  expect(ApproveRequest.parse({ headSha: 'a'.repeat(40) })).toEqual({ headSha: 'a'.repeat(40) })
  expect(ApproveRequest.safeParse({ headSha: 'main' }).success).toBe(false)
})
