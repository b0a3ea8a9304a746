import { expect, test } from 'vitest'
import { git, gitText } from './git/run.ts'
import { AT, AUTHOR, bareOf, commitOver, openForge, refusal, temporaryFolder } from './testing.ts'

test('a commit has the id that git itself gives it, and a repeat has the same', async () => {
  const forge = await openForge()
  const first = await commitOver(forge, { files: { 'rendered/two.yaml': 'ä: "2"\n' } })
  const second = await commitOver(forge, { files: { 'rendered/two.yaml': 'ä: "2"\n' } })
  expect(second).toEqual(first)

  const elsewhere = await temporaryFolder()
  await git(elsewhere, ['init', '--quiet', '--bare'])
  const blob = async (text: string) =>
    gitText(elsewhere, ['hash-object', '-w', '--stdin'], { input: text })
  const mktree = (lines: string[]) =>
    gitText(elsewhere, ['mktree', '--missing'], {
      input: lines.map((line) => `${line}\n`).join(''),
    })
  const rendered = await mktree([
    `100644 blob ${await blob('a: 1\n')}\tone.yaml`,
    `100644 blob ${await blob('ä: "2"\n')}\ttwo.yaml`,
  ])
  const tree = await mktree([
    `100644 blob ${await blob('# Manifests\n')}\tREADME.md`,
    `040000 tree ${rendered}\trendered`,
  ])
  expect(first.tree).toBe(tree)
  const parent = await gitText(bareOf(forge), ['rev-parse', 'main'])
  const who = `${AUTHOR.name} <${AUTHOR.email}> ${Date.parse(AUTHOR.date) / 1000} +0000`
  const text = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\nChange\n`
  const own = await gitText(elsewhere, ['hash-object', '-t', 'commit', '--stdin', '--literally'], {
    input: text,
  })
  expect(first.sha).toBe(own)
})

test('a removed file is gone, its empty folder too, and removing what is not there is refused', async () => {
  const forge = await openForge()
  const { tree } = await commitOver(forge, { files: { 'rendered/one.yaml': null, 'x/y': '1' } })
  const listed = await forge.as(null).git.getTree({ ...AT, tree_sha: tree, recursive: '1' })
  expect(listed.data.tree.map((entry) => entry.path)).toEqual(['README.md', 'x', 'x/y'])
  const again = commitOver(forge, { files: { 'rendered/never.yaml': null } })
  expect((await refusal(again)).status).toBe(422)
})

test('a file may give way to a folder of its name', async () => {
  const forge = await openForge()
  const files = { 'rendered/one.yaml': null, 'rendered/one.yaml/part': '1' }
  const { tree } = await commitOver(forge, { files })
  const listed = await forge.as(null).git.getTree({ ...AT, tree_sha: tree, recursive: '1' })
  expect(listed.data.tree.map((entry) => entry.path)).toContain('rendered/one.yaml/part')
})

const HOSTILE_PATHS = [
  ...['', '/etc/passwd', 'a/../b', '..', './a', 'a//b', 'a/', 'a\\b', 'a\0b', 'a\nb'],
  ...['.git/config', 'a/.GIT/x', '.git /x', '.git./x', 'git~1/x', '.g\u200cit/x', '.git::$DATA'],
  ...['a\ud800b', `${'a'.repeat(256)}`, `${'a/'.repeat(2100)}a`],
]

test('hostile paths are refused and nothing is written', async () => {
  const forge = await openForge()
  const before = await gitText(bareOf(forge), ['count-objects'])
  for (const path of HOSTILE_PATHS)
    expect((await refusal(commitOver(forge, { files: { [path]: 'x' } }))).status).toBe(422)
  expect(await gitText(bareOf(forge), ['count-objects'])).toBe(before)
})

test('links, submodules and modes that git does not know are refused', async () => {
  const { git } = (await openForge()).as('phoenix[bot]')
  for (const mode of ['120000', '160000', '040755', '644']) {
    const entry = { path: 'a', mode: mode as '100644', content: '/etc/passwd' }
    expect((await refusal(git.createTree({ ...AT, tree: [entry] }))).status).toBe(422)
  }
})

test('the same path twice, or one entry below another, is refused', async () => {
  const { git } = (await openForge()).as('phoenix[bot]')
  const entry = (path: string) => ({ path, mode: '100644' as const, content: '1' })
  for (const tree of [
    [entry('a'), entry('a')],
    [entry('a/b'), entry('a')],
  ])
    expect((await refusal(git.createTree({ ...AT, tree }))).status).toBe(422)
})

test('a commit refuses unknown trees and parents, and names that would forge a header', async () => {
  const forge = await openForge()
  const { git } = forge.as('phoenix[bot]')
  const { tree, sha } = await commitOver(forge, { files: { a: '1' } })
  const nowhere = 'f'.repeat(40)
  const attempts = [
    { tree: nowhere, parents: [] },
    { tree: sha, parents: [] },
    { tree, parents: [nowhere] },
    { tree, parents: [tree] },
    { tree, parents: [], author: { ...AUTHOR, name: 'x\nparent y' } },
    { tree, parents: [], author: { ...AUTHOR, email: 'a> 0 +0000\n' } },
    { tree, parents: [], author: { ...AUTHOR, date: 'yesterday' } },
  ]
  for (const attempt of attempts)
    expect((await refusal(git.createCommit({ ...AT, message: 'm', ...attempt }))).status).toBe(422)
})

test('a tree of 3,250 new files is one call, and every file is in it', async () => {
  const forge = await openForge()
  const files: Record<string, string> = {}
  for (let index = 0; index < 3250; index += 1)
    files[`rendered/c${index % 65}/20-apps/${index}.yaml`] = `"n": ${index}\n${'x'.repeat(400)}\n`
  const { tree } = await commitOver(forge, { files })
  const text = await gitText(bareOf(forge), ['ls-tree', '-r', '--name-only', tree])
  expect(text.split('\n')).toHaveLength(3252)
})
