// Files of a commit are looked up folder by folder, each folder once.
import { expect, it } from 'vitest'
import { blobsOfTrees, isByTrees, type ReadTree } from './blobs.ts'

const idOf = (text: string): string => [...text].reduce((id, one) => id + one.charCodeAt(0), '1')
const TREES: Record<string, [type: string, path: string][]> = {
  [idOf('main')]: [
    ['tree', 'a'],
    ['blob', 'file'],
    ['commit', 'module'],
  ],
  [idOf('a')]: [
    ['tree', 'b'],
    ['blob', 'one'],
  ],
  [idOf('b')]: [['blob', 'two']],
}
const reading = () => {
  const asked: string[] = []
  const readTree: ReadTree = async (ref) => {
    asked.push(ref)
    const at = ref === 'main' ? idOf('main') : ref
    return TREES[at]?.map(([type, path]) => ({ type, path, sha: idOf(path) })) ?? null
  }
  return { asked, readTree }
}

it('each folder is read once, and nothing below what is no folder', async () => {
  const { asked, readTree } = reading()
  const paths = ['a/b/two', 'a/one', 'a/b/none', 'a/b', 'file', 'file/x', 'module', 'none/x/y']
  expect(await blobsOfTrees(readTree, paths, 'main')).toEqual([
    ...[idOf('two'), idOf('one'), null, null, idOf('file'), null, null, null],
  ])
  expect(asked).toEqual(['main', idOf('a'), idOf('b')])
})

it('where there is no such commit there is no file', async () => {
  const { readTree } = reading()
  expect(await blobsOfTrees(readTree, ['file', 'a/one'], 'f'.repeat(40))).toEqual([null, null])
})

it('trees are read only where they are fewer than the files', () => {
  const inside = (count: number) => Array.from({ length: count }, (_, at) => `a/b/${at}`)
  expect([3, 4].map((count) => isByTrees(inside(count)))).toEqual([false, true])
})
