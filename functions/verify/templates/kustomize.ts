// `kubectl kustomize` over many rendered sets at once: a process takes a tenth of a second, however little it builds.
// Sets may stand in one build because each has a tenant, and so a namespace, of its own.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Rendered } from '../../../gitops/render.ts'
import { countKinds } from './checks.ts'

const MAX_OUTPUT_BYTES = 2 ** 30

export const kubectlAbsent = (): boolean =>
  spawnSync('kubectl', ['version', '--client']).status !== 0

/** What is wrong with a build of all the sets together; null when every object of theirs comes out of it. */
export const buildFault = (sets: readonly Pick<Rendered, 'files' | 'objects'>[]): string | null => {
  const root = mkdtempSync(join(tmpdir(), 'phoenix-verify-'))
  try {
    const directories = new Set<string>()
    for (const [index, { files }] of sets.entries()) {
      for (const { path, content } of files) {
        const file = `${index}/${path}`
        if (!directories.has(dirname(file))) {
          directories.add(dirname(file))
          mkdirSync(join(root, dirname(file)), { recursive: true })
        }
        writeFileSync(join(root, file), content)
      }
    }
    writeFileSync(
      join(root, 'kustomization.yaml'),
      JSON.stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: [...directories],
      }),
    )
    return comparison(build(root), sets)
  } finally {
    rmSync(root, { recursive: true })
  }
}

const build = (root: string): { built: string } | { refused: string } => {
  try {
    return {
      built: execFileSync('kubectl', ['kustomize', root], {
        encoding: 'utf8',
        maxBuffer: MAX_OUTPUT_BYTES,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    }
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    return { refused: (stderr || message).replaceAll(root, '').trim().slice(-600) }
  }
}

/** Compares kinds only: the output is large, and what its objects hold is the YAML check's matter. */
const comparison = (
  result: ReturnType<typeof build>,
  sets: readonly Pick<Rendered, 'objects'>[],
): string | null => {
  if ('refused' in result) return `kubectl kustomize refuses: ${result.refused}`
  const built = countKinds(
    [...result.built.matchAll(/^kind: (.*)$/gm)].map(([, kind = '']) => kind),
  )
  const rendered = countKinds(
    sets.flatMap(({ objects }) => objects.map(({ manifest }) => manifest.kind)),
  )
  for (const kind of new Set([...Object.keys(built), ...Object.keys(rendered)])) {
    if (built[kind] !== rendered[kind]) {
      return `${rendered[kind] ?? 0} ${kind} went in, ${built[kind] ?? 0} came out`
    }
  }
  return null
}

/** The sets that fail alone, by halves; when only some of them together fail, the first of these. */
export const culprits = <T extends Pick<Rendered, 'files' | 'objects'>>(
  sets: readonly T[],
): { set: T; fault: string }[] => {
  const fault = buildFault(sets)
  const [only] = sets
  if (fault === null || only === undefined) return []
  if (sets.length === 1) return [{ set: only, fault }]
  const middle = Math.ceil(sets.length / 2)
  const first = culprits(sets.slice(0, middle))
  // One is enough to tell, and the halves of many would take long.
  const found = first.length > 0 ? first : culprits(sets.slice(middle))
  return found.length > 0 ? found : [{ set: only, fault: `together with others: ${fault}` }]
}
