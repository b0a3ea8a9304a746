// What wrangler only warns of is red in `npm run deploy:check`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { complaintsOf, dryRun } from '../cli/deploy-check.ts'

it('an import that Cloudflare does not have is a complaint, where wrangler itself is content', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-deploy-'))
  try {
    await mkdir(join(folder, 'dist'), { recursive: true })
    const worker = (source: string) =>
      writeFile(
        join(folder, 'worker.js'),
        `${source}\nexport default { fetch: () => new Response('') }`,
      )
    // Without the flag that the product sets there is no node:fs there.
    await writeFile(
      join(folder, 'wrangler.toml'),
      'name = "sample"\nmain = "worker.js"\ncompatibility_date = "2024-01-01"\nsend_metrics = false\n',
    )
    await worker('')
    const clean = await dryRun(join(folder, 'wrangler.toml'), null)
    expect([clean.code, complaintsOf(clean.output)]).toEqual([0, []])
    await worker("import { readFileSync } from 'node:fs'\nglobalThis.read = readFileSync")
    const dirty = await dryRun(join(folder, 'wrangler.toml'), null)
    expect(dirty.code).toBe(0)
    expect(complaintsOf(dirty.output).join()).toContain('node:fs')
  } finally {
    await rm(folder, { recursive: true })
  }
})
