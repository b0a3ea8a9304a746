// /rules: the rule behind a finding, with the finding's own numbers, and nothing else that an address may carry.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { namesIn } from '../../gitops/arithmetic.ts'
import { rulePath } from '../../gitops/finding.ts'
import { isRuleId, ruleSubjects, rules } from '../../schemas/rules.ts'

let world: TenantWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
const page = async (path: string) => {
  const answer = await world.http('GET', path, { headers: { accept: 'text/html' } })
  return { status: answer.status, text: await answer.text() }
}
const json = async (path: string) =>
  (await world.http('GET', path, { headers: { accept: 'application/json' } })).json()
const ids = Object.keys(rules).filter(isRuleId)

describe('the list', () => {
  it('has every rule under one subject', async () => {
    expect(ruleSubjects.flatMap((subject) => subject.ids).sort()).toEqual([...ids].sort())
    const { text } = await page('/rules')
    for (const id of ids) expect(text.split(`href="/rules/${id}"`)).toHaveLength(2)
  })
})

const namesOf = (id: (typeof ids)[number]) => [...new Set(namesIn(rules[id].arithmetic ?? ''))]

describe('the page of', () => {
  it.each(ids)(
    '%s says what it is, what may excuse it, and the arithmetic with names',
    async (id) => {
      const { status, text } = await page(`/rules/${id}`)
      expect(status).toBe(200)
      expect(text).toContain('id="exceptions"')
      expect(text.includes('/templates/rule-exception')).toBe(rules[id].excusable === true)
      expect(text.includes('id="arithmetic"')).toBe((rules[id].arithmetic ?? '') !== '')
      for (const name of namesOf(id)) expect(text).toContain(`<var>${name}</var>`)
      expect(text).not.toMatch(/\[object Object\]|undefined|NaN|<script|style="/)
    },
  )

  const counting = ids.filter((id) => namesOf(id).length > 0)

  it.each(counting)('%s has the numbers used in their places', async (id) => {
    const names = namesOf(id)
    const numbers = Object.fromEntries(names.map((name, index) => [name, 1000 + index]))
    const path = rulePath({ rule: id, numbers })
    const { text } = await page(path)
    for (const number of Object.values(numbers)) {
      expect(text).toContain(`<strong>${number}</strong>`)
      expect(text).toContain(`<td class="number">${number}</td>`)
    }
    const { computed } = (await json(path)) as { computed: string }
    const filled = names.reduce(
      (sentence, name) => sentence.replaceAll(`{${name}}`, `${numbers[name]}`),
      rules[id].arithmetic ?? '',
    )
    expect(computed).toBe(filled)
  })
})

describe('an address', () => {
  it('carries nothing into the page but names and numbers', async () => {
    const marks = ['zzmark', 'zzname<img>', 'zz-name', `zz${'a'.repeat(40)}`]
    const query = new URLSearchParams([
      ...marks.map((mark): [string, string] => [mark, '<b>zzvalue</b>']),
      ['zz<img>', '1'],
      ['days', '7;zzvalue'],
      ['most', '366'],
    ])
    const { status, text } = await page(`/rules/EXCEPTION-TERM?${query}`)
    expect(status).toBe(200)
    expect(text).not.toContain('zz')
    expect(text).toContain('<strong>366</strong>')
    expect(await json(`/rules/EXCEPTION-TERM?${query}`)).toMatchObject({ numbers: { most: 366 } })
    expect(JSON.stringify(await json(`/rules/EXCEPTION-TERM?${query}`))).not.toContain('zz')
  })
})

describe('a refusal', () => {
  it('leads from each finding to its page, with its numbers', async () => {
    const { body } = await world.request(
      world.vmRequest('vast', { memory: { value: 500, unit: 'GiB' } }),
    )
    const { findings = [] } = body as unknown as {
      findings?: { rule: string; url: string; numbers?: object }[]
    }
    const counted = findings.filter(({ numbers }) => numbers !== undefined)
    expect(counted.length).toBeGreaterThan(0)
    for (const { rule, url, numbers = {} } of findings) {
      const { pathname, searchParams } = new URL(url)
      expect(pathname).toBe(`/rules/${rule}`)
      const carried = [...searchParams].map(([name, value]) => [name, Number(value)])
      expect(Object.fromEntries(carried)).toEqual(numbers)
      expect((await page(url.slice(url.indexOf('/rules/')))).status).toBe(200)
    }
  })
})
