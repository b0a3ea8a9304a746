// A directory of a commit as an engine's build would see it: YAML files to objects, or why it is broken, in one sentence.
// Knows no cluster: kinds, owners and allowances are judged by apply.ts.
import { parseDocument } from 'yaml'
import * as z from 'zod'
import type { Manifest } from '../../../schemas/template.ts'
import { type CommitTree, childrenOf, type TreeEntry } from './git.ts'

export type Built = { ok: true; objects: Manifest[] } | { ok: false; reason: string }

const MAX_FILE_BYTES = 1024 * 1024
const MAX_FILES = 300
const KUSTOMIZATION = 'kustomization.yaml'
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/
const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

const Kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  metadata: z.strictObject({ name: z.string() }).optional(),
  resources: z.array(z.string()).max(MAX_FILES),
})
const Name = z.string().min(1).max(253)
const Words = z.record(z.string(), z.string())
const KubernetesObject = z.looseObject({
  apiVersion: z.string().min(1).max(200),
  kind: z.string().min(1).max(100),
  metadata: z.looseObject({
    name: Name,
    namespace: Name.optional(),
    labels: Words.optional(),
    annotations: Words.optional(),
  }),
})

/**
 * Builds one leaf. Without a kustomization.yaml in it, `generated` takes the leaves one level below instead,
 * as Flux does.
 */
export const buildPath = async (
  tree: CommitTree,
  path: string,
  { generated }: { generated: boolean },
): Promise<Built> => {
  const clean = path.replace(/^\.\//, '').replace(/\/+$/, '')
  if (!PATH.test(clean)) return broken('the path is not a plain relative path')
  if (tree.entries.get(clean)?.type !== 'tree') return broken(`${clean}: no such directory`)
  if (tree.entries.has(`${clean}/${KUSTOMIZATION}`) || !generated) return buildLeaf(tree, clean)
  const objects: Manifest[] = []
  for (const child of childrenOf(tree, clean)) {
    if (child.type !== 'tree') return broken(`${child.path}: not a directory with ${KUSTOMIZATION}`)
    const built = await buildLeaf(tree, child.path)
    if (!built.ok) return built
    objects.push(...built.objects)
  }
  return { ok: true, objects }
}

const buildLeaf = async (tree: CommitTree, directory: string): Promise<Built> => {
  const children = childrenOf(tree, directory)
  const odd = children.find((entry) => entry.mode !== '100644' || !FILE_NAME.test(nameOf(entry)))
  if (odd !== undefined) return broken(`${directory}: holds something that is not a plain file`)
  if (children.length > MAX_FILES + 1) return broken(`${directory}: more than ${MAX_FILES} files`)
  const large = children.find(({ bytes }) => bytes > MAX_FILE_BYTES)
  if (large !== undefined) return broken(`${large.path}: more than 1 MiB`)

  const blobs = await tree.readBlobs(children.map(({ id }) => id))
  const read = (entry: TreeEntry) => parseYaml(blobs.get(entry.id) ?? Buffer.alloc(0))
  const index = children.find((entry) => nameOf(entry) === KUSTOMIZATION)
  if (index === undefined) return broken(`${directory}: no ${KUSTOMIZATION}`)
  const kustomization = Kustomization.safeParse(read(index))
  if (!kustomization.success) return broken(`${index.path}: not a list of resources and only that`)
  const listed = kustomization.data.resources

  const files = children.filter((entry) => entry !== index)
  const missing = listed.find((name) => !files.some((entry) => nameOf(entry) === name))
  if (missing !== undefined) return broken(`${index.path}: lists a file that is not there`)
  if (new Set(listed).size !== listed.length) return broken(`${index.path}: lists a file twice`)
  const orphan = files.find((entry) => !listed.includes(nameOf(entry)))
  if (orphan !== undefined) return broken(`${orphan.path}: not listed in ${KUSTOMIZATION}`)

  const objects: Manifest[] = []
  for (const entry of files) {
    const object = KubernetesObject.safeParse(read(entry))
    if (!object.success) return broken(`${entry.path}: not one Kubernetes object in plain YAML`)
    objects.push(object.data as Manifest)
  }
  return { ok: true, objects }
}

const nameOf = ({ path }: TreeEntry): string => path.slice(path.lastIndexOf('/') + 1)
const broken = (reason: string): Built => ({ ok: false, reason })

/** One document, no aliases, no duplicate keys, no tags of its own; undefined for anything else. */
const parseYaml = (bytes: Buffer): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    const document = parseDocument(text, { version: '1.2', strict: true, uniqueKeys: true })
    if (document.errors.length > 0 || document.warnings.length > 0) return undefined
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    return undefined
  }
}
