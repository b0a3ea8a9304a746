// The conformance table is true: each test that it names is there and is not skipped, and CONFORMANCE.md is its text as it is now
// (`npx vitest run --config functions/verify/vitest.config.ts functions/verify/wallets/conformance --update` writes it again).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metadataPart, negativePart, positivePart } from './issuer-rows.ts'
import type { Held, Part, Row } from './table.ts'
import { requestPart, responsePart } from './verifier-rows.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const PARTS: Part[] = [metadataPart, positivePart, negativePart, requestPart, responsePart]

const isThere = ([file, title]: Held): boolean => {
  const path = join(ROOT, file)
  if (!existsSync(path)) return false
  const text = readFileSync(path, 'utf8')
  return text.includes(`'${title}'`) && !/\b(?:it|describe)\.(?:skip|todo|only)\b/.test(text)
}

const cellOf = ({ by }: Row): string =>
  typeof by === 'string'
    ? `not applicable: ${by}`
    : by.map(([file, title]) => `\`${file}\`: ${title}`).join('<br>')
const textOf = ({ name, rows }: Part): string[] => [
  `## ${name}`,
  '',
  '| check | section | held by |',
  '| --- | --- | --- |',
  ...rows.map((row) => `| ${row.check} | ${row.section} | ${cellOf(row)} |`),
  '',
]
const held = PARTS.flatMap(({ rows }) => rows).filter(({ by }) => typeof by !== 'string')
const all = PARTS.flatMap(({ rows }) => rows)
const table = [
  '# Conformance of the issuer and the verifier',
  '',
  'The checks of the OpenID conformance suite for this profile (OpenID4VCI 1.0 by pre-authorized code, OpenID4VP 1.0 by DCQL,',
  'SD-JWT VC, Token Status List) and some of ours, each with the tests that hold it. The suite itself was not run. VCI is',
  'OpenID4VCI 1.0, VP OpenID4VP 1.0, VC draft-ietf-oauth-sd-jwt-vc, TSL draft-ietf-oauth-status-list; sections are numbered as in',
  'the editors’ drafts of autumn 2026. Made from `conformance/`.',
  '',
  `${all.length} checks: ${held.length} held by tests, ${all.length - held.length} not applicable.`,
  '',
  ...PARTS.flatMap(textOf),
].join('\n')

describe('the conformance table', () => {
  it.each(held.map((row) => [row.check, row] as const))('%s', (_, { by }) => {
    const missing = (by as readonly Held[]).filter((one) => !isThere(one))
    expect(missing).toEqual([])
  })

  it('knows a test that is not there', () => {
    const file = 'edge-workers/routes/wallet/issuance.test.ts'
    expect(isThere([file, 'is a test that nobody wrote'])).toBe(false)
    expect(isThere(['edge-workers/nowhere.test.ts', 'x'])).toBe(false)
  })

  it('is what CONFORMANCE.md says', async () => {
    await expect(table).toMatchFileSnapshot('../CONFORMANCE.md')
  })
})
