import { expect, test } from 'vitest'
import { diffTrees } from './git/history.ts'
import { git, gitText } from './git/run.ts'
import { temporaryFolder } from './testing.ts'

/** A tree of these files in a bare repository; a mode may stand before the content, after a bar. */
const writeTree = async (directory: string, files: Record<string, string>): Promise<string> => {
  const lines = Object.entries(files).map(async ([path, text]) => {
    const [mode, content] = text.startsWith('120000|')
      ? ['120000', text.slice(7)]
      : ['100644', text]
    const args: [string, ...string[]] = ['hash-object', '-w', '--stdin']
    return `${mode} blob ${await gitText(directory, args, { input: content })}\t${path}\0`
  })
  return gitText(directory, ['mktree', '-z'], { input: (await Promise.all(lines)).join('') })
}

test('every file keeps its own patch, whatever its content pretends to be', async () => {
  const directory = await temporaryFolder()
  await git(directory, ['init', '--quiet', '--bare'])
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
  const before = {
    'a-long': `${lines.join('\n')}\n`,
    'b-link': 'was a file\n',
    'c-gone': 'bye\n',
    'd-binary': 'x\0y',
    '.gitattributes': '',
  }
  const changed = lines.with(0, 'first').with(39, 'last')
  const after = {
    'a-long': `${changed.join('\n')}\n`,
    'b-link': '120000|/etc/passwd',
    'd-binary': 'x\0z',
    'e-forged': 'x\u2028diff --git a/x b/x\r@@ -1 +1 @@\ndiff --git a/y b/y\n',
    '.gitattributes': '* -diff\n',
  }
  const [from, to] = [await writeTree(directory, before), await writeTree(directory, after)]
  const files = new Map((await diffTrees(directory, from, to)).map((file) => [file.path, file]))
  expect([...files.keys()]).toEqual([
    '.gitattributes',
    'a-long',
    'b-link',
    'c-gone',
    'd-binary',
    'e-forged',
  ])
  expect(files.get('a-long')).toMatchObject({ status: 'modified', additions: 2, deletions: 2 })
  expect(files.get('a-long')?.patch?.match(/^@@/gm)).toHaveLength(2)
  expect(files.get('b-link')?.patch).toContain('-was a file')
  expect(files.get('b-link')?.patch).toContain('+/etc/passwd')
  expect(files.get('c-gone')).toMatchObject({ status: 'removed', patch: '@@ -1 +0,0 @@\n-bye' })
  expect(files.get('d-binary')).toMatchObject({ binary: true, patch: null })
  expect(files.get('e-forged')?.patch).toBe(
    '@@ -0,0 +1,2 @@\n+x\u2028diff --git a/x b/x\r@@ -1 +1 @@\n+diff --git a/y b/y',
  )
})
