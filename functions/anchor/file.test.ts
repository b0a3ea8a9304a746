// The file adapter: the port's examination, and what a crash or a stranger leaves in the file.
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Denied } from '../../schemas/result.ts'
import { checkpointOf, examineAnchor } from './examination.ts'
import { createFileAnchor } from './file.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const place = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-anchor-'))
  folders.push(folder)
  return { folder, path: join(folder, 'deep', 'anchor.jsonl') }
}

examineAnchor(
  'file',
  async () => {
    const { folder, path } = await place()
    // Whoever runs the tests may be root, whom no mode stops: a folder in the file's place stops everybody.
    const taken = join(folder, 'taken')
    await mkdir(taken)
    return {
      anchor: createFileAnchor({ path }),
      reopen: () => createFileAnchor({ path }),
      denied: createFileAnchor({ path: taken }),
      // A name that is too long for the disk: ENAMETOOLONG, which says nothing about rights.
      unreachable: createFileAnchor({ path: join(folder, 'x'.repeat(300)) }),
    }
  },
  { kind: 'file', independent: false },
)

it('appends and leaves what is there as it is, readable to its owner alone', async () => {
  const { path } = await place()
  const anchor = createFileAnchor({ path })
  await anchor.publish(checkpointOf(1))
  const before = await readFile(path, 'utf8')
  await anchor.publish({ ...checkpointOf(2), note: 'ünïcode \u2028 — \r\n "quoted"\n' })
  await anchor.publish(checkpointOf(3))
  const after = await readFile(path, 'utf8')
  expect(after.startsWith(before)).toBe(true)
  expect(
    after
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).size),
  ).toEqual([1, 2, 3])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await createFileAnchor({ path }).latest()).toMatchObject({
    reference: 'anchor.jsonl, line 3',
  })
})

it('takes a line that a crash cut short for one that was never written', async () => {
  const { path } = await place()
  await createFileAnchor({ path }).publish(checkpointOf(1))
  const whole = `${JSON.stringify({ ...checkpointOf(2), note: 'é' })}\n`
  const bytes = Buffer.from(whole)
  for (let length = 1; length < bytes.length; length += 1) {
    const before = await readFile(path)
    await appendFile(path, bytes.subarray(0, length))
    expect(await createFileAnchor({ path }).latest()).toMatchObject({ size: 1 })
    await writeFile(path, before)
  }
  await appendFile(path, bytes.subarray(0, bytes.length - 1))
  const anchor = createFileAnchor({ path })
  expect(await anchor.publish(checkpointOf(2, 'b'))).toEqual({ reference: 'anchor.jsonl, line 2' })
  expect(await anchor.latest()).toMatchObject({ root: checkpointOf(2, 'b').root })
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3)
})

it('does not go on over a line that is not its own, and does not quote it', async () => {
  for (const stranger of ['secret\n', '\n', `${JSON.stringify(checkpointOf(1))}\n`]) {
    const { path } = await place()
    await createFileAnchor({ path }).publish(checkpointOf(1))
    await appendFile(path, stranger)
    const anchor = createFileAnchor({ path })
    await expect(anchor.latest()).rejects.toThrow(Denied)
    const refusal = await anchor.publish(checkpointOf(5)).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Denied)
    expect(String(refusal)).not.toContain('secret')
    expect(String(refusal)).not.toContain(path)
  }
})

it('sees what another process appended', async () => {
  const { path } = await place()
  const one = createFileAnchor({ path })
  await one.publish(checkpointOf(1))
  await createFileAnchor({ path }).publish(checkpointOf(4))
  expect(await one.publish(checkpointOf(3))).toHaveProperty('refused')
  expect(await one.publish(checkpointOf(5))).toEqual({ reference: 'anchor.jsonl, line 3' })
})
