// Which paths a route template takes, which template wins, and which templates are refused.
import { describe, expect, it } from 'vitest'
import { parseRoute } from './routes.ts'

const GUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'

describe('match', () => {
  it.each<[string, string, Record<string, string> | null]>([
    ['api/health', '/api/health', {}],
    ['api/health', '/API/Health', {}],
    ['api/health', '/api/health/', {}],
    ['api/health', '/api/healthy', null],
    ['api/health', '/api//health', null],
    ['api/health', '/api', null],
    ['t/{tenant}/c', '/t/acme/c', { tenant: 'acme' }],
    ['t/{tenant}/c', '/t//c', null],
    ['t/{name}', '/t/a%2Fb%20c', { name: 'a/b c' }],
    ['t/{name}', '/t/%E0%A4%A', null],
    ['t/{id?}', '/t', {}],
    ['t/{id?}', '/t/1', { id: '1' }],
    ['t/{id?}', '/t/1/2', null],
    ['t/{id=7}', '/t', { id: '7' }],
    ['t/{id:int}', '/t/-12', { id: '-12' }],
    ['t/{id:int}', '/t/2147483648', null],
    ['t/{id:int?}', '/t', {}],
    ['t/{id:int?}', '/t/x', null],
    ['t/{id:long}', '/t/2147483648', { id: '2147483648' }],
    ['t/{v:bool}', '/t/True', { v: 'True' }],
    ['t/{v:bool}', '/t/1', null],
    ['t/{v:guid}', `/t/${GUID}`, { v: GUID }],
    ['t/{v:guid}', '/t/3f25', null],
    ['t/{v:alpha}', '/t/abc', { v: 'abc' }],
    ['t/{v:alpha}', '/t/ab1', null],
    ['t/{v:length(3)}', '/t/abcd', null],
    ['t/{v:length(2,4)}', '/t/abcd', { v: 'abcd' }],
    ['t/{v:minlength(2)}', '/t/a', null],
    ['t/{v:maxlength(2)}', '/t/abc', null],
    ['t/{v:min(18)}', '/t/17', null],
    ['t/{v:max(18)}', '/t/18', { v: '18' }],
    ['t/{v:range(1,9)}', '/t/10', null],
    ['t/{v:alpha:minlength(2)}', '/t/a', null],
    ['t/{v:decimal}', '/t/1.5', { v: '1.5' }],
    ['t/{*rest}', '/t/a/b/c', { rest: 'a/b/c' }],
    ['t/{**rest}', '/t', {}],
  ])('%s on %s', (template, path, parameters) => {
    expect(parseRoute(template).match(path)).toEqual(parameters)
  })
})

it('tries literals, checked parameters, parameters and catch-alls in this order', () => {
  const templates = ['t/{*rest}', 't/{id}', 't/{id:int}', 't/me']
  const sorted = templates
    .map((template) => ({ template, ...parseRoute(template) }))
    .sort((a, b) => (a.precedence < b.precedence ? -1 : 1))
  expect(sorted.map(({ template }) => template)).toEqual(templates.toReversed())
})

it.each([
  't/a-{id}',
  't/{id}.json',
  't/{*rest}/more',
  't/{id:regex(a)}',
  't/{id:nope}',
  't/{id:length}',
  't/{id',
  't/{1a}',
])('refuses %s', (template) => {
  expect(() => parseRoute(template)).toThrow()
})
