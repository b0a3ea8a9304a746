import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  AT,
  openForge,
  postGate,
  propose,
  runGit,
  type TestForge,
  temporaryFolder,
  tip,
} from './testing.ts'

/** A clone with one more commit on a new local branch, and the address to push to as an account. */
const cloneAs = async (forge: TestForge, token: string, start = 'main') => {
  const folder = await temporaryFolder()
  const clone = await runGit(folder, 'clone', '--quiet', `${forge.url}/dbis/gitops.git`, 'c')
  expect(clone).toEqual({ code: 0, out: '' })
  const work = join(folder, 'c')
  await runGit(work, 'checkout', '--quiet', '-b', 'work', `origin/${start}`)
  await runGit(work, 'commit', '--quiet', '--allow-empty', '-m', 'By hand')
  const { out: sha } = await runGit(work, 'rev-parse', 'HEAD')
  return { work, sha, remote: `${forge.url.replace('//', `//anybody:${token}@`)}/dbis/gitops` }
}

test('anybody may clone, an account that writes may push a branch, and its pull request follows', async () => {
  const forge = await openForge()
  const { number, headSha } = await propose(forge, 'phoenix/b')
  await postGate(forge, headSha, 'success')
  const { work, sha, remote } = await cloneAs(forge, 'ada-token', 'phoenix/b')
  const pushed = await runGit(work, 'push', '--quiet', remote, 'work:phoenix/b')
  expect(pushed).toEqual({ code: 0, out: '' })
  const { data } = await forge.as(null).pulls.get({ ...AT, pull_number: number })
  expect(data.head.sha).toBe(sha)
  expect(data.mergeable_state).toBe('blocked')
})

test('main and live refuse a push, and say why', async () => {
  const forge = await openForge()
  const before = [await tip(forge, 'main'), await tip(forge, 'live')]
  for (const [token, branch] of [
    ['ada-token', 'main'],
    ['ada-token', 'live'],
    ['app-token', 'main'],
  ] as const) {
    const { work, remote } = await cloneAs(forge, token)
    const pushed = await runGit(work, 'push', remote, `work:${branch}`)
    expect(pushed.code).toBe(1)
    expect(pushed.out).toContain('[remote rejected]')
    expect(pushed.out).toContain('Repository rule violations found')
  }
  expect([await tip(forge, 'main'), await tip(forge, 'live')]).toEqual(before)
})

test('the App moves live by push, forward only; an administrator moves main', async () => {
  const forge = await openForge()
  const app = await cloneAs(forge, 'app-token')
  expect((await runGit(app.work, 'push', app.remote, 'work:live')).code).toBe(0)
  expect(await tip(forge, 'live')).toBe(app.sha)
  expect((await runGit(app.work, 'push', '--force', app.remote, 'HEAD~1:live')).code).toBe(1)
  expect((await runGit(app.work, 'push', app.remote, ':live')).code).toBe(1)
  expect(await tip(forge, 'live')).toBe(app.sha)
  const rosa = await cloneAs(forge, 'rosa-token')
  expect((await runGit(rosa.work, 'push', rosa.remote, 'work:main')).code).toBe(0)
  expect(await tip(forge, 'main')).toBe(rosa.sha)
})

test('a push without credentials, with wrong ones, or by a reader is refused', async () => {
  const forge = await openForge()
  const { work, remote } = await cloneAs(forge, 'eve-token')
  const nobody = `${forge.url}/dbis/gitops.git`
  const stranger = remote.replace('eve-token', 'wrong')
  for (const address of [remote, nobody, stranger])
    expect((await runGit(work, 'push', address, 'work:b')).code).toBe(128)
})

test('references of the forge itself are nobody’s to push', async () => {
  const forge = await openForge()
  await propose(forge, 'b')
  for (const token of ['ada-token', 'rosa-token']) {
    const { work, remote } = await cloneAs(forge, token)
    for (const ref of ['refs/pull/1/head', 'refs/replace/x', 'refs/notes/commits'])
      expect((await runGit(work, 'push', remote, `+work:${ref}`)).code).toBe(1)
  }
})

const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text

test('a push that is not a plain list of commands is refused before git sees it', async () => {
  const forge = await openForge()
  const [main, zero] = [await tip(forge, 'main'), '0'.repeat(40)]
  const command = `${main} ${zero} refs/heads/main`
  const bodies = [
    `${packet('push-cert\0 report-status\n')}${packet('certificate version 0.1\n')}0000`,
    `0001${packet(`${command}\0 report-status`)}0000`,
    packet(command),
    'ffff',
    '0004',
    'PACK',
  ]
  for (const body of bodies) {
    const response = await fetch(`${forge.url}/dbis/gitops/git-receive-pack`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa('x:ada-token')}`,
        'content-type': 'application/x-git-receive-pack-request',
      },
      body,
    })
    expect(response.status).toBe(400)
  }
  expect(await tip(forge, 'main')).toBe(main)
})
