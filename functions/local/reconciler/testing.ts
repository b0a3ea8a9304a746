// For tests only: repositories made by git plumbing, a Phoenix that checks and translates what it is sent, and a small
// world of one platform repository, one tenant and a cluster of each engine.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterEntry, componentEntry, tenantEntry } from '../../../gitops/entry-points.ts'
import { fileName, leafDirectory } from '../../../gitops/paths.ts'
import { kustomization } from '../../../gitops/render.ts'
import { translateArgocd, verifyArgocd } from '../../../gitops/statuses/argocd.ts'
import { translateFlux, verifyFlux } from '../../../gitops/statuses/flux.ts'
import { toYaml } from '../../../gitops/yaml.ts'
import type { Cluster } from '../../../schemas/place.ts'
import type { StatusReport } from '../../../schemas/status.ts'
import type { Component, Manifest } from '../../../schemas/template.ts'
import { findTemplate } from '../../../templates/index.ts'
import { type ReconcilerOptions, startReconciler } from './reconciler.ts'

export type Files = Record<string, string>

const git = (directory: string, args: string[], input?: string): void => {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
  const { status, stderr } = spawnSync('git', ['--git-dir', directory, ...args], {
    env,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  })
  if (status !== 0) throw new Error(stderr)
}

/** A bare repository whose `live` can be set to exactly these files; a `link:` value becomes a symbolic link. */
export const repositoryIn = (folder: string, fullName: string) => {
  const gitDir = join(folder, `${fullName.replace('/', '-')}.git`)
  git(gitDir, ['init', '--quiet', '--bare', '--template='])
  return {
    fullName,
    gitDir,
    url: `http://127.0.0.1:1/${fullName}.git`,
    commit: (files: Files, branch = 'live'): string => {
      const stream = [`commit refs/heads/${branch}`, 'committer T <t@example.org> 1750000000 +0000']
      stream.push('data 1', 'x')
      const head = join(gitDir, 'refs', 'heads', branch)
      if (existsSync(head)) stream.push(`from refs/heads/${branch}^0`)
      stream.push('deleteall')
      for (const [path, content] of Object.entries(files)) {
        const link = content.startsWith('link:')
        const text = link ? content.slice(5) : content
        stream.push(`M ${link ? '120000' : '100644'} inline ${path}`)
        stream.push(`data ${Buffer.byteLength(text)}`, text)
      }
      git(gitDir, ['fast-import', '--quiet'], `${stream.join('\n')}\n`)
      return readFileSync(head, 'utf8').trim()
    },
  }
}

export const leaf = (path: string, objects: Manifest[]): Files => ({
  ...Object.fromEntries(objects.map((object) => [`${path}/${fileName(object)}`, toYaml(object)])),
  [`${path}/kustomization.yaml`]: kustomization('leaf', objects.map(fileName)),
})

export const configMap = (name: string, namespace = 'dbis', data = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
export const machine = (name: string, guarded: boolean): Manifest => ({
  apiVersion: 'virtualenvironmentvm.proxmoxbpg.m.crossplane.io/v1alpha1',
  kind: 'EnvironmentVM',
  metadata: {
    name,
    namespace: 'dbis',
    annotations: guarded
      ? {
          'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        }
      : {},
  },
  spec: {},
})

export const SECRETS = { 'edge-1': 'secret-of-edge-1', 'edge-2': 'secret-of-edge-2' } as const
const clusters = [
  { name: 'edge-1', region: 'r', engine: 'argocd', owner: 'dbis', standIn: true },
  { name: 'edge-2', region: 'r', engine: 'flux', owner: 'dbis', standIn: true },
] satisfies Cluster[]
export const TARGETS = [
  { name: 'edge-1', engine: 'argocd' as const, webhookSecret: SECRETS['edge-1'] },
  { name: 'edge-2', engine: 'flux' as const, webhookSecret: SECRETS['edge-2'] },
]
export type Engine = 'argocd' | 'flux'
export const CLUSTER = { argocd: 'edge-1', flux: 'edge-2' } as const

/** Everything of the tenant on one cluster: its base as the template renders it, and the given components. */
export const tenantFiles = (engine: Engine, url: string, components: Component[]): Files => {
  const cluster = clusters.find((row) => row.engine === engine)
  const template = findTemplate('tenant-base')
  if (cluster === undefined || template === undefined) throw new Error('no template tenant-base')
  const base = template.render({
    tenant: { slug: 'dbis', repositoryUrl: url },
    ...{ name: 'base', cluster, sites: [], placement: [], identities: [], guardsLifted: false },
    parameters: template.parameters.parse({}),
  })
  const files: Files = {}
  for (const component of [...base, ...components]) {
    const path = leafDirectory(cluster.name, component.wave, component.name)
    Object.assign(files, leaf(path, component.objects))
    if (engine !== 'flux' || component.wave === 10) continue
    const dependsOn = components
      .filter(({ wave }) => wave < component.wave)
      .map(({ wave, name }) => `${wave}-${name}`)
    const entry = componentEntry({
      ...{ cluster: cluster.name, tenant: 'dbis', repositoryUrl: url, component, dependsOn },
    })
    Object.assign(files, leaf(entry.path, entry.objects))
  }
  return files
}

export const platformFiles = (platformRepositoryUrl: string, repositoryUrl: string): Files => {
  const publicUrl = 'http://127.0.0.1:1'
  const entries = clusters.flatMap((cluster) => [
    clusterEntry({ cluster, platformRepositoryUrl, publicUrl }),
    tenantEntry({ cluster, tenant: 'dbis', repositoryUrl }),
  ])
  return Object.assign({}, ...entries.map(({ path, objects }) => leaf(path, objects)))
}

/** Takes reports as Phoenix would, signature and all; `answers` are statuses to give first. */
const startPhoenix = async () => {
  const reports: StatusReport[] = []
  const bodies: string[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = new Uint8Array(Buffer.concat(chunks))
    const [, , engine, cluster = ''] = request.url?.split('/') ?? []
    const secret = Object.entries(SECRETS).find(([name]) => name === cluster)?.[1] ?? ''
    const headers = new Headers(request.headers as Record<string, string>)
    const verify = engine === 'flux' ? verifyFlux : verifyArgocd
    const translate = engine === 'flux' ? translateFlux : translateArgocd
    const genuine = await verify(secret, headers, raw)
    const text = Buffer.from(raw).toString()
    const result = translate(cluster, JSON.parse(text))
    const status = answers.shift() ?? (!genuine ? 401 : result.ok ? 200 : 400)
    bodies.push(text)
    if (status === 200 && result.ok && result.value !== null) reports.push(result.value)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url: `http://127.0.0.1:${port}`, reports, bodies, answers, stop }
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** Starts nothing but the receiving server; `start` starts a reconciler that looks only when kicked. */
export const createWorld = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reconciler-'))
  const platform = repositoryIn(folder, 'phoenix/platform')
  const tenant = repositoryIn(folder, 'dbis/infrastructure')
  platform.commit(platformFiles(platform.url, tenant.url))
  const phoenix = await startPhoenix()
  const log: string[] = []
  const running: { close: () => Promise<void> }[] = []
  const start = (more: Partial<ReconcilerOptions> = {}) => {
    const reconciler = startReconciler({
      home: join(folder, 'home'),
      clusters: TARGETS,
      phoenixUrl: phoenix.url,
      platformRepository: platform,
      repositories: () => [tenant],
      intervalMs: 3_600_000,
      log: (line) => log.push(line),
      ...more,
    })
    running.push(reconciler)
    return reconciler
  }
  /** What was reported on a tenant's component of one cluster, as `state` words in order. */
  const told = (engine: Engine, component: string, revision?: string): string[] =>
    phoenix.reports
      .filter((report) => report.cluster === CLUSTER[engine] && report.component === component)
      .filter((report) => report.repository === 'dbis/infrastructure')
      .filter((report) => revision === undefined || report.revision === revision)
      .map(({ state }) => state)
  const close = async () => {
    for (const reconciler of running) await reconciler.close()
    await phoenix.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, platform, tenant, phoenix, log, start, told, close }
}
