// One process per state folder, even after SIGKILL.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStateFolder } from './state-folder.ts'

let home: string
const holders: ChildProcess[] = []
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'phoenix-state-')), 'home')
})
afterEach(async () => {
  for (const holder of holders.splice(0)) {
    holder.kill('SIGKILL')
    if (holder.exitCode === null && holder.signalCode === null) await once(holder, 'exit')
  }
  // Opening the folder ends whatever a holder left behind.
  const folder = await openStateFolder(home)
  folder.close()
  await rm(join(home, '..'), { recursive: true })
})

/** Another process that opens the folder, starts a child of its own, notes it, and stays. */
const startHolder = async (): Promise<ChildProcess> => {
  const source = `
    import { spawn } from 'node:child_process'
    import { openStateFolder } from ${JSON.stringify(join(import.meta.dirname, 'state-folder.ts'))}
    const folder = await openStateFolder(${JSON.stringify(home)})
    const mark = folder.path + '/worker'
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', mark], {
      stdio: ['ignore', 'inherit', 'ignore'],
    })
    await folder.noteChild({ pid: child.pid, mark })
    console.log('ready')`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  holders.push(holder)
  await once(createInterface({ input: holder.stdout as NodeJS.ReadableStream }), 'line')
  return holder
}

it('makes the folder for its owner only', async () => {
  const folder = await openStateFolder(home)
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700)
  folder.close()
})

it('refuses a second process and says which folder, who, and what to do', async () => {
  const holder = await startHolder()
  await expect(openStateFolder(home)).rejects.toThrow(
    new RegExp(`${home} is in use .*process ${holder.pid}.*PHOENIX_HOME=`),
  )
})

it('refuses a second opening within one process too', async () => {
  const folder = await openStateFolder(home)
  await expect(openStateFolder(home)).rejects.toThrow('is in use')
  folder.close()
  ;(await openStateFolder(home)).close()
})

it('takes over from a holder that was killed, and ends the child it left behind', async () => {
  const holder = await startHolder()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  // The child has the holder's standard output: 'close' comes when both are gone.
  const bothGone = once(holder, 'close')
  const folder = await openStateFolder(home)
  await bothGone
  folder.close()
})

it('leaves a process alone that only has the number of an old child', async () => {
  const first = await openStateFolder(home)
  await first.noteChild({ pid: process.pid, mark: '/not/on/this/command/line' })
  first.close()
  // Were it not left alone, this test would not come to its end.
  ;(await openStateFolder(home)).close()
})
