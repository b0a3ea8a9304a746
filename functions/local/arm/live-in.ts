// Where `live` is, for simulated clusters that Azure's Flux is on: read from the repositories of the simulated forge.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What a simulated cluster has applied: where `live` of a repository of the simulated forge is. */
export const liveIn = (home: string, url: string): string | null => {
  const [, name] = /\/([a-z0-9-]+\/[a-z0-9-]+)\.git$/.exec(url) ?? []
  if (name === undefined) return null
  const gitDir = join(home, 'forge', 'repositories', `${name}.git`)
  try {
    const asked = ['--git-dir', gitDir, 'rev-parse', '--verify', 'refs/heads/live']
    return execFileSync('git', asked, { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}
