import { expect, test } from 'vitest'
import { AT, openForge, postGate, propose, type TestForge, tip } from './testing.ts'

const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'

/** A browser of one account: it keeps its cookie and says where its forms come from. */
const browse = async (forge: TestForge, token: string | null) => {
  let cookie = ''
  const send = (path: string, form?: Record<string, string>, origin = forge.url) =>
    fetch(forge.url + path, {
      redirect: 'manual',
      headers: { cookie, ...(form ? { origin } : {}) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
  if (token !== null) {
    const answer = await send('/-/sign-in', { token, return: '/dbis/gitops' })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  }
  return { send, read: async (path: string) => (await send(path)).text() }
}

test('a hostile title, body, file name, file and review reach the page as text', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b', {
    [`${HOSTILE.replaceAll('/', '')}.yaml`]: HOSTILE,
  })
  const { pulls, checks } = forge.as('phoenix[bot]')
  const body = `${HOSTILE}\n\n![x](https://evil.example/x.png) [y](javascript:alert(1))\n\n**bold**`
  await pulls.update({ ...AT, pull_number: number, title: HOSTILE, body })
  await checks.create({
    ...{ ...AT, name: HOSTILE, head_sha: headSha, conclusion: 'failure' },
    output: { title: HOSTILE, summary: HOSTILE, text: HOSTILE },
  })
  await forge.as('ada').pulls.createReview({ ...AT, pull_number: number, event: 'COMMENT', body })
  const { read } = await browse(forge, 'ada-token')
  const paths = [
    '',
    '/pulls',
    `/pull/${number}`,
    `/commit/${headSha}`,
    '/tree/b',
    '/tree/b/changes',
  ]
  for (const path of paths) {
    const page = await read(`/dbis/gitops${path}`)
    expect(page).not.toMatch(/<script|<img|href="javascript:/i)
    expect(page).toContain('simulated')
  }
  const page = await read(`/dbis/gitops/pull/${number}`)
  expect(page).toContain('&lt;script&gt;')
  expect(page).toContain('<strong>bold</strong>')
})

test('the text of a check is shown as it is, a code block with its blank lines, and nothing of it is HTML', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const note = 'phoenix.example/log/x\n15\ncm9vdA==\n\n\u2014 phoenix.example/log c2lnbmVk\n'
  await forge.as('phoenix[bot]').checks.create({
    ...{ ...AT, name: 'phoenix/gate', head_sha: headSha, conclusion: 'failure' },
    output: {
      title: 'x',
      summary: 'Short.',
      text: `Saved:\n\n\`\`\`text\n${note}${HOSTILE}\n\`\`\`\n`,
    },
  })
  const { read } = await browse(forge, 'ada-token')
  const page = await read(`/dbis/gitops/pull/${number}`)
  const escaped = HOSTILE.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  expect(page).toContain(`<pre><code class="language-text">${note}${escaped}\n</code></pre>`)
  expect(page).not.toMatch(/<script|<img/)
})

test('pages forbid scripts, frames and everything from elsewhere', async () => {
  const forge = await openForge()
  for (const path of ['/', '/dbis/gitops', '/nowhere', '/dbis/none']) {
    const { headers } = await fetch(forge.url + path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('the merge button is off and says why, until the gate is green', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const path = `/dbis/gitops/pull/${number}`
  const nobody = await browse(forge, null)
  expect(await nobody.read(path)).toContain('Sign in to merge.')
  const { read, send } = await browse(forge, 'ada-token')
  const before = await read(path)
  expect(before).toMatch(/<button disabled>Merge pull request/)
  expect(before).toContain('Required status check')
  expect((await send(`${path}/merge`, { sha: headSha })).status).toBe(405)
  await postGate(forge, headSha, 'success')
  expect(await read(path)).toMatch(/<button>Merge pull request/)
  expect((await send(`${path}/merge`, { sha: 'f'.repeat(40) })).status).toBe(409)
  expect((await send(`${path}/merge`, { sha: headSha })).status).toBe(303)
  expect(await read(path)).toContain('Merged')
})

test('an administrator must say that the gate is passed by', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const path = `/dbis/gitops/pull/${number}`
  const { read, send } = await browse(forge, 'rosa-token')
  expect(await read(path)).toContain('Merge past the gate')
  expect((await send(`${path}/merge`, { sha: headSha })).status).toBe(405)
  expect((await send(`${path}/merge`, { sha: headSha, bypass: 'yes' })).status).toBe(303)
  expect(await read(path)).toContain('past the gate')
})

test('a form from another origin, or from nobody signed in, does nothing', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  await postGate(forge, headSha, 'success')
  const path = `/dbis/gitops/pull/${number}/merge`
  const { send } = await browse(forge, 'ada-token')
  const main = await tip(forge, 'main')
  expect((await send(path, { sha: headSha }, 'https://evil.example')).status).toBe(403)
  expect((await send(path, { sha: headSha }, 'null')).status).toBe(403)
  const nobody = await browse(forge, null)
  expect((await nobody.send(path, { sha: headSha })).status).toBe(401)
  const reader = await browse(forge, 'eve-token')
  expect((await reader.send(path, { sha: headSha })).status).toBe(403)
  expect(await tip(forge, 'main')).toBe(main)
})

test('a review is submitted by form, and signing in leads to paths of this forge only', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'b')
  const { send, read } = await browse(forge, 'ada-token')
  const form = { event: 'APPROVE', body: 'Read it', commit_id: headSha }
  expect((await send(`/dbis/gitops/pull/${number}/reviews`, form)).status).toBe(303)
  expect(await read(`/dbis/gitops/pull/${number}`)).toContain('approved')
  for (const target of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
    const answer = await send('/-/sign-in', { token: 'ada-token', return: target })
    expect(answer.headers.get('location')).toBe('/')
  }
  expect((await send('/-/sign-in', { token: 'wrong' })).status).toBe(401)
})

test('files are shown at branches with slashes in their names', async () => {
  const forge = await openForge()
  await propose(forge, 'phoenix/dbis/chg_1', { 'a b/ü.yaml': 'x: "y"\n' })
  const { read } = await browse(forge, null)
  const page = await read('/dbis/gitops/tree/phoenix%2Fdbis%2Fchg_1/a%20b/%C3%BC.yaml')
  expect(page).toContain('x: &quot;y&quot;')
  expect(await read('/dbis/gitops/tree/phoenix/dbis/chg_1/rendered')).toContain('one.yaml')
  expect((await fetch(`${forge.url}/dbis/gitops/tree/main/none`)).status).toBe(404)
})
