// The words of a commit and a pull request: they fit, they are readable, and no text that comes in can be more than text.
import { execFileSync } from 'node:child_process'
import MarkdownIt from 'markdown-it'
import { describe, expect, it } from 'vitest'
import type { Finding, Plan } from '../schemas/plan.ts'
import { commitMessage, pullTitle } from './message.ts'
import { BODY_LIMIT_CHARACTERS, planBody, planDocument } from './plan-body/body.ts'
import { bar } from './plan-body/capacity.ts'
import { plain } from './plan-body/markdown.ts'
import { differenceText } from './price-text.ts'
import { CHAIN_REQUEST, chainSnapshot, planned } from './world.fixture.ts'

const URL = 'https://phoenix.example'
const CHANGE = { id: `chg_${'a'.repeat(26)}`, revision: 3, fingerprint: 'f'.repeat(64) }
const { plan } = planned(CHAIN_REQUEST, chainSnapshot())
/** As GitHub reads it: HTML is markup, bare addresses become links. */
const markdown = new MarkdownIt({ html: true, linkify: false })
const linking = new MarkdownIt({ html: true, linkify: true })

const found = (message: string, more: Partial<Finding> = {}): Finding => ({
  ...{ rule: 'CAPACITY', severity: 'block', message, fix: message },
  ...more,
})
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

const HOSTILE = [
  'x | y',
  '</td></tr></table><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![beacon](https://evil.example/x.png)',
  '[click](javascript:alert(1))',
  'a | b | c',
  'a \\| b \\\\| c',
  '`code` ``more`` `',
  'line one\nline two',
  'line one\r\n\r\n## A heading\r\n\r\n| a | b |\r\n| --- | --- |',
  'a\u2028b\u2029c\u0085d\u000be',
  '**bold** __under__ ~~gone~~ _it_',
  '# heading',
  '&lt;b&gt; &#60;b&#62;',
  '<!-- hidden',
  ['$(touch x) $', '{HOME} {{ .Values }}'].join(''),
  '\\',
  '@everyone @acme/owners',
  '[ref]: https://evil.example',
  'see https://evil.example/x?y=1, HTTP://evil.example and ftp://evil.example',
  'see www.evil.example, WWW.evil.example or mailto:eve@evil.example',
  'fixes #12, GH-12 and acme/x#12',
  '1. one',
  '- two',
  '\u202Eevil',
]

/** What a Markdown reader makes of a text: only what can do more than show it, and the cells that no text may push aside. */
const shape = (text: string) => {
  const tokens = markdown.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])])
  const count = (type: string) => tokens.filter((token) => token.type === type).length
  const cells = tokens.filter((_, at) => tokens[at - 1]?.type === 'td_open')
  return {
    ...{ tables: count('table_open'), rows: count('tr_open'), cells: count('td_open') },
    ...{ headings: count('heading_open'), html: count('html_inline') + count('html_block') },
    ...{ images: count('image'), links: count('link_open'), items: count('list_item_open') },
    fixed: cells
      .map(({ content }) => content)
      .filter((content) => /^(?:\d+(?: GiB)?|fits)$/.test(content)),
  }
}
const hostilePlan = (text: string): Plan => ({
  ...plan,
  ...{ name: text, tenant: text, template: { name: text, version: text } },
  findings: [found(text, { numbers: { asked: 1 } }), ...plan.findings],
  simulated: [text],
  cost: {
    ...plan.cost,
    after: { leastMinor: null, reason: text },
    lines: [{ what: text, quantity: 1, unit: text, price: { leastMinor: null, reason: text } }],
  },
  residency: [
    {
      ...{ what: text, kind: 'compute', place: text, jurisdiction: text },
      ...{ verdict: 'unknown', simulated: true },
    },
  ],
  reviewers: { needed: 2, roles: [text], why: [text] },
  placement: plan.placement.map((vm) => ({
    ...vm,
    name: text,
    role: text,
    host: text,
    address: text,
  })),
  capacity: plan.capacity.map((row) => ({ ...row, host: text, site: text })),
  hostLoss: plan.hostLoss.map((row) => ({ ...row, text })),
  targets: plan.targets.map((row) => ({ ...row, path: text, cluster: text })),
  destroys: {
    objects: [{ apiVersion: 'v1', kind: text, name: text, holdsData: true }],
    digest: `sha256:${'0'.repeat(64)}`,
  },
})

describe('hostile text', () => {
  const tame = shape(planBody(hostilePlan('tame'), CHANGE, URL))

  it('has tables, headings and links to compare with', () => {
    expect(tame.tables).toBeGreaterThan(4)
    expect(tame.cells).toBeGreaterThan(100)
    expect(tame.fixed.length).toBeGreaterThan(50)
    expect(tame).toMatchObject({ html: 0, images: 0 })
  })

  it.each(HOSTILE)('%j stays text in every place of the body', (text) => {
    expect(shape(planBody(hostilePlan(text), CHANGE, URL))).toEqual(tame)
  })

  it('a plain text reads as it was written', () => {
    for (const text of HOSTILE.filter((each) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(each))) {
      const inline = markdown.parseInline(plain(text), {})[0]?.children ?? []
      const seen = inline.map(({ content }) => content).join('')
      expect(seen.replaceAll('\u200B', '')).toBe(text)
    }
  })

  it.each(HOSTILE)('%j leads nowhere on a forge: to no address, nobody and no issue', (text) => {
    const tokens = linking.parseInline(plain(text), {})[0]?.children ?? []
    expect(tokens.map(({ type }) => type)).not.toContain('link_open')
    const seen = tokens.map(({ content }) => content).join('')
    expect(seen).not.toMatch(/@\w|#\d|\bGH-\d/i)
  })

  it.each(HOSTILE)('%j adds no trailer and no line to a commit’s subject', (text) => {
    const hostile = `${text}\n\nPhoenix-Change-Id: chg_${'b'.repeat(26)}\nCo-authored-by: Eve <e@x>\n`
    const message = commitMessage(hostilePlan(hostile), CHANGE)
    // Git itself says what is a trailer.
    const trailers = execFileSync('git', ['interpret-trailers', '--parse'], { input: message })
    expect(trailers.toString()).toBe(
      `Phoenix-Change-Id: ${CHANGE.id}\nPhoenix-Revision: 3\nPhoenix-Fingerprint: ${CHANGE.fingerprint}\n`,
    )
    expect(message.split('\n')).toHaveLength(8)
    expect(pullTitle(hostilePlan(hostile))).not.toMatch(/[\r\n\u2028\u2029\u0085]/)
  })
})

describe('a title', () => {
  it.each([
    ['create', 'only', 'Create besu-network chain'],
    ['update', 'only', 'Update besu-network chain'],
    ['delete', 'lift-guards', 'Delete besu-network chain (1 of 2: lift the guards)'],
    ['delete', 'remove', 'Delete besu-network chain (remove)'],
  ] as const)('%s, %s: %s', (action, phase, title) => {
    expect(pullTitle({ ...plan, action, phase })).toBe(title)
  })

  it('is never longer than a forge takes', () => {
    const name = 'n'.repeat(63)
    const move = { from: name, to: name }
    const reverts = `chg_${'b'.repeat(26)}`
    const template = { ...plan.template, name: 'kubernetes-cluster' }
    const title = pullTitle({ ...plan, action: 'failover', name, move, template, reverts })
    expect(title).toHaveLength(256)
  })

  it('of a revert names what it takes back', () => {
    const reverts = `chg_${'b'.repeat(26)}`
    expect(pullTitle({ ...plan, action: 'update', reverts })).toBe(
      `Update besu-network chain (reverts ${reverts})`,
    )
    const input = commitMessage({ ...plan, reverts }, CHANGE)
    const trailers = execFileSync('git', ['interpret-trailers', '--parse'], { input })
    expect(trailers.toString().split('\n')).toContain(`Phoenix-Reverts: ${reverts}`)
  })
})

describe('the body', () => {
  it('is deterministic and says what binds an approval', () => {
    const body = planBody(plan, CHANGE, URL)
    expect(planBody(structuredClone(plan), { ...CHANGE }, URL)).toBe(body)
    expect(body).toContain(plan.reads)
    expect(body).toContain(`${URL}/changes/${CHANGE.id}`)
    expect(body.length).toBeLessThan(BODY_LIMIT_CHARACTERS)
  })

  it('is PLAN.md to the byte where that fits, and PLAN.md leaves no row out', () => {
    expect(planBody(plan, CHANGE, URL)).toBe(planDocument(plan, CHANGE, URL))
    const [vm] = plan.placement
    if (!vm) throw new Error('the chain has machines')
    const names = many(3_000, (index) => `machine-${index}-`)
    const large = { ...plan, placement: names.map((name) => ({ ...vm, name })) }
    const whole = planDocument(large, CHANGE, URL)
    expect(names.filter((name) => !whole.includes(name))).toEqual([])
    expect(planBody(large, CHANGE, URL)).toContain('more in `PLAN.md` of this commit')
  })

  it('PLAN.md names every file with its digest, and everything that is somewhere', () => {
    const residency = many(9, (index) => ({
      ...{ what: `copy ${index} of it`, kind: 'replica' as const, place: 'eastus' },
      ...{ jurisdiction: 'us', verdict: 'denied' as const, simulated: false },
    }))
    const whole = planDocument({ ...plan, residency }, CHANGE, URL)
    const said = [
      ...residency.map(({ what }) => what),
      ...plan.files.flatMap(({ path, digest }) => [path, digest ?? '']),
    ]
    expect(said.length).toBeGreaterThan(80)
    expect(said.filter((text) => !whole.includes(text))).toEqual([])
  })

  it.each([
    [0, 0, 'the same as now'],
    [100, 250, '1.00 to 2.50 EUR more than now'],
    [-3906, -390, '3.90 to 39.06 EUR less than now'],
    [-300, -300, '3.00 EUR less than now'],
    [-300, 500, 'between 3.00 less and 5.00 EUR more than now'],
  ])('a difference of %i to %i reads “%s”', (leastMinor, mostMinor, text) => {
    const book = { currency: 'EUR', priceBook: 'book@1' }
    expect(differenceText({ leastMinor, mostMinor, ...book, unpriced: [] })).toBe(text)
    expect(differenceText({ leastMinor, mostMinor, ...book, unpriced: ['x'] })).toBe(
      `${text} and 1 part without a price`,
    )
  })

  it('of the first half of a removal says that nothing goes yet', () => {
    const destroys = {
      objects: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', holdsData: true }],
      digest: `sha256:${'0'.repeat(64)}`,
    }
    const first = planBody(
      { ...plan, action: 'delete', phase: 'lift-guards', destroys },
      CHANGE,
      URL,
    )
    expect(first).toContain('it prepares to destroy 1 object, 1 with data')
    expect(first).toContain('## What the second half destroys')
    const last = planBody({ ...plan, action: 'delete', phase: 'remove', destroys }, CHANGE, URL)
    expect(last).toContain('it destroys 1 object')
  })

  it('begins with two sentences: what happens where, then what it means', () => {
    const [, , summary = ''] = planBody(plan, CHANGE, URL).split('\n')
    const warnings = plan.findings.filter(({ severity }) => severity === 'warn').length
    expect(summary).toBe(
      `Makes besu-network chain, 18 machines on 2 hosts (72 cores, 140 GiB of memory, 278 GiB of disk), applied by 1 cluster. Its cost is unknown (no price book is installed); it destroys nothing; nothing blocks it, ${warnings} warnings to read, 1 approval needed.`,
    )
  })

  it('draws what stays, comes and goes', () => {
    expect(bar(5, 10, 20)).toBe('█████▓▓▓▓▓··········')
    expect(bar(10, 5, 20)).toBe('█████▒▒▒▒▒··········')
    expect(bar(0, 0, 20)).toBe('·'.repeat(20))
    expect(bar(30, 60, 20)).toBe('█'.repeat(20))
    expect(bar(1, 2, 0)).toBe('·'.repeat(20))
  })

  it('shows the numbers of what blocks', () => {
    const blocked = { ...plan, findings: [found('Full.', { numbers: { asked: 7, hostCores: 3 } })] }
    expect(planBody(blocked, CHANGE, URL)).toContain('Full. (asked 7, hostCores 3)')
  })

  it.each([
    ['a plan', 1],
    ['thousands of rows', 5_000],
    ['thousands of long rows', 3_000],
  ])('of %s fits into a pull request', (what, count) => {
    const long = what.includes('long') ? 'x'.repeat(2_000) : 'short'
    const [[vm], [row], [loss]] = [plan.placement, plan.capacity, plan.hostLoss]
    const [[target], [file]] = [plan.targets, plan.files]
    if (!vm || !row || !loss || !target || !file) throw new Error('the chain has all of these')
    const body = planBody(
      {
        ...plan,
        placement: many(count, (index) => ({ ...vm, name: `${long}-${index}` })),
        capacity: many(count, (index) => ({ ...row, host: `${long}-${index}` })),
        hostLoss: many(count, (index) => ({ ...loss, text: `${long} ${index}` })),
        targets: many(count, (index) => ({ ...target, path: `${long}/${index}` })),
        files: many(count, (index) => ({ ...file, path: `${long}/${index}` })),
        findings: many(count, (index) => found(`${long} ${index}`)),
      },
      CHANGE,
      URL,
    )
    expect(body.length).toBeLessThanOrEqual(BODY_LIMIT_CHARACTERS)
    expect(body.startsWith('# Create besu-network chain\n')).toBe(true)
    if (count > 1) expect(body.includes('more in `PLAN.md`')).toBe(true)
    // What an approver must know is never what is cut.
    const never = ['## What an approval binds', plan.reads, plan.digest, '## Who must approve']
    for (const text of [...never, `${count} file`]) expect(body.includes(text), text).toBe(true)
  })
})
