// The catalogue's pages: every template and system has one, complete without a script, for who may read the catalogue.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { findTemplate, listTemplates } from '../../gitops/catalog.ts'
import { judgeContradictions } from '../../gitops/contradictions/contradictions.ts'

let world: TenantWorld
let cookie: string
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  cookie = `phoenix_token=${world.tokens.auditor}`
})
const get = async (path: string) => {
  const answer = await world.http('GET', path, { headers: { cookie } })
  return { status: answer.status, text: await answer.text() }
}
/** As a page writes it. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#39;')

const all = listTemplates()

it('lists everything that can be asked for', async () => {
  const { status, text } = await get('/templates')
  expect(status).toBe(200)
  for (const { name, title } of all) {
    expect(text).toContain(`href="/templates/${name}"`)
    expect(text).toContain(escaped(title))
  }
})

describe.each(all.map((template) => [template.name, template] as const))(
  'the page of %s',
  (name, { title, kind }) => {
    it('is complete and needs nothing from elsewhere', async () => {
      const { status, text } = await get(`/templates/${name}`)
      expect(status).toBe(200)
      expect(text).toContain(`<h1>${escaped(title)}</h1>`)
      for (const part of ['ask', 'parameters', 'rendered', 'rules', 'prices'])
        expect(text).toContain(`id="${part}"`)
      const tenant = findTemplate(name)?.records?.platform ? 'platform' : 'acme'
      const list = kind === 'system' ? 'rollouts' : 'changes'
      expect(text).toContain(`/v1/tenants/${tenant}/${list}`)
      expect(text).toContain('Made up:')
      for (const part of ['phases', 'totals', 'contradictions', 'components', 'before'])
        expect(text.includes(`id="${part}"`)).toBe(kind === 'system')
      expect(text).not.toContain('<script')
      expect(text).not.toContain('style="')
      expect(text).not.toMatch(/\[object Object\]|undefined|NaN/)
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
    })
  },
)

it('shows what a system’s source contradicts by kind, each folded to a line', async () => {
  const { text } = await get('/templates/dbis_core')
  const section = /<section aria-labelledby="contradictions">.*?<\/section>/s.exec(text)?.[0] ?? ''
  const found = judgeContradictions('dbis_core')
  const kinds = new Set(found.map(({ rule }) => rule))
  expect(section.match(/<details>/g)).toHaveLength(kinds.size)
  expect(section.match(/<li>/g)).toHaveLength(found.length)
  for (const { message } of found) expect(section).toContain(escaped(message))
  expect(section).toContain('href="/rules/SUM-DECLARED?declaredLeast=32')
})

it('is for members: others sign in first', async () => {
  const answer = await world.http('GET', '/templates/vault')
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    '/sign-in?next=%2Ftemplates%2Fvault',
  ])
})

it('has no page for a phase, nor for what is not there', async () => {
  for (const name of ['smom-dbis-138%2Fnodes', 'nothing', 'constructor'])
    expect((await get(`/templates/${name}`)).status).toBe(404)
})
