// The demo wallet as people use it: by its command line, against a laptop, in a folder of its own. It redeems, lists, presents, and
// says in each line what it is.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Issuer, linkOf, startIssuer } from '../laptop.ts'
import { openDemoWallet } from './command.fixture.ts'

let issuer: Issuer
let demo: Awaited<ReturnType<typeof openDemoWallet>>
beforeAll(async () => {
  demo = await openDemoWallet()
  issuer = await startIssuer()
})
afterAll(async () => {
  await issuer?.stop()
  await demo?.close()
})
const wallet = (...args: string[]) => demo.run(...args)

describe('npm run wallet', () => {
  it('redeems with a PIN, lists, presents, and is refused after revocation', async () => {
    expect((await wallet('list')).said).toContain('Nothing is in it.')
    const made = await issuer.offer()
    const without = await wallet(linkOf(made))
    expect([without.code, without.said]).toEqual([1, expect.stringContaining('--pin')])
    const wrong = await wallet(
      linkOf(made),
      '--pin',
      made.txCode === '123456' ? '654321' : '123456',
    )
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('invalid_grant')])
    const redeemed = await wallet(linkOf(made), '--pin', made.txCode ?? '')
    expect(redeemed.said).toContain('given_name: "Ada"')
    expect(redeemed.code).toBe(0)
    expect((await issuer.issuance(made)).state).toBe('accepted')
    expect((await wallet('list')).said).toMatch(/1\. badge of http:.*holds\n/)

    const asked = await issuer.request()
    const presented = await wallet('present', asked.uri)
    expect(presented.said).toMatch(/badge: given_name, level\n.*Presented, and taken\./)
    expect((await issuer.requested(asked)).presented?.[0]?.claims).toEqual({
      ...{ given_name: 'Ada', level: 3 },
    })
    // By its form a link says what it is.
    expect((await wallet((await issuer.request()).uri)).code).toBe(0)

    await issuer.change((await issuer.credentialOf(made)).id, 'revoke')
    const refused = await wallet('present', (await issuer.request()).uri)
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('revoked')])
    expect((await wallet('list')).said).toContain('does not hold now')
  }, 120_000)

  it('keeps its keys to its owner, and says how it is used', async () => {
    const file = join(demo.folder, 'credentials.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(demo.folder)).mode & 0o777).toBe(0o700)
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(1)
    const odd = await wallet('nonsense')
    expect([odd.code, odd.said]).toEqual([2, expect.stringContaining('npm run wallet')])
  })
})
