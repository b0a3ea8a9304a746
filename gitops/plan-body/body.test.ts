// The pull request's body at the edge of its room: PLAN.md to the byte up to the last character that fits, and from the
// next one on shorter, never too long, and with the whole of what an approver must know at its end.
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../schemas/plan.ts'
import { CHAIN_REQUEST, chainSnapshot, planned } from '../world.fixture.ts'
import { BODY_LIMIT_CHARACTERS, planBody, planDocument } from './body.ts'

const URL = 'https://phoenix.example'
const CHANGE = { id: `chg_${'a'.repeat(26)}`, revision: 3 }
const { plan } = planned(CHAIN_REQUEST, chainSnapshot())
const END = '## How to roll back'

/** The last two sections, which are never cut, hold so many characters more. */
const withEnd = (more: number): Plan => ({
  ...plan,
  reviewers: { ...plan.reviewers, why: [...plan.reviewers.why, 'w'.repeat(more)] },
})
/** Notes whose messages hold so many characters together, none of which can be left out but with its row. */
const withNotes = (of: Plan, rows: number, characters: number): Plan => ({
  ...of,
  findings: Array.from({ length: rows }, (_, index) => ({
    ...{ rule: 'IMG-DIGEST', severity: 'info', fix: 'None.' },
    message: `${'x'.repeat(Math.floor((characters + index) / rows))}${index}`,
  })),
})
/** A plan whose PLAN.md has exactly so many characters. */
const ofLength = (of: Plan, length: number): Plan => {
  const short = planDocument(withNotes(of, 1, 1), CHANGE, URL).length
  return withNotes(of, 1, 1 + length - short)
}
const bigger = (note: Plan['findings'][number], by: number) => ({
  ...note,
  message: `${note.message}${'y'.repeat(by)}`,
})
const endOf = (text: string): string => text.slice(text.indexOf(`\n${END}`))

describe.each([
  ['a usual end', 0],
  ['a long end', 20_000],
  ['an end that is most of it', 40_000],
])('a plan with %s', (_, more) => {
  it.each([
    [-1, true],
    [0, true],
    [1, false],
    [2, false],
    [100, false],
  ])('of %i characters over the limit: whole is %s', (over, whole) => {
    const at = ofLength(withEnd(more), BODY_LIMIT_CHARACTERS + over)
    const document = planDocument(at, CHANGE, URL)
    const body = planBody(at, CHANGE, URL)
    expect(document).toHaveLength(BODY_LIMIT_CHARACTERS + over)
    expect(body.length).toBeLessThanOrEqual(BODY_LIMIT_CHARACTERS)
    expect(body === document).toBe(whole)
    expect(body.includes('PLAN.md` of this commit')).toBe(!whole)
    expect(endOf(body)).toBe(endOf(document))
    expect(endOf(body).length).toBeGreaterThan(more)
  })

  it('that no shorter table makes fit is cut at the end of a line, before its last two sections', () => {
    // Five rows of each table are always shown.
    const at = withNotes(withEnd(more), 5, BODY_LIMIT_CHARACTERS)
    const document = planDocument(at, CHANGE, URL)
    const body = planBody(at, CHANGE, URL)
    const [before = '', after = ''] = body.split('\n\n… cut: ')
    expect(body.length).toBeLessThanOrEqual(BODY_LIMIT_CHARACTERS)
    expect(document.split('\n')).toContain(before.split('\n').at(-1))
    expect(after).toMatch(/^the rest is in changes\/chg_a{26}\/PLAN\.md of this commit\.\n/)
    expect(`\n${body.slice(body.indexOf(END))}`).toBe(endOf(document))
    // As much as there is room for: a row that ends with the last character is shown, one that ends after it is not.
    const [first, ...others] = at.findings
    if (!first) throw new Error('there are notes')
    const longer = (by: number) =>
      planBody({ ...at, findings: [bigger(first, by), ...others] }, CHANGE, URL).length
    const left = BODY_LIMIT_CHARACTERS - body.length
    expect(longer(left)).toBe(BODY_LIMIT_CHARACTERS)
    expect(longer(left + 1)).toBeLessThan(BODY_LIMIT_CHARACTERS)
  })
})
