// ENGINE-UNIQUE: one engine per cluster, and no path that two objects lead an engine to.
import type { Manifest } from '../../schemas/template.ts'
import type { PolicyContext } from './context.ts'
import { at, type FileHit, fieldsOf, listOf, type RenderedObject } from './walk.ts'

/** Which engine reads an object, where the object leads one to a path. */
const LEADS: Record<string, 'argocd' | 'flux'> = {
  'argoproj.io/Application': 'argocd',
  'argoproj.io/ApplicationSet': 'argocd',
  'kustomize.toolkit.fluxcd.io/Kustomization': 'flux',
}

const engineOf = ({ apiVersion, kind }: Manifest) => LEADS[`${apiVersion.split('/')[0]}/${kind}`]

/** Repository paths that an object leads its engine to; a generator's are patterns and lead to whatever they match. */
const pathsOf = ({ spec }: Manifest): string[] =>
  [
    at(spec, 'path'),
    at(spec, 'source', 'path'),
    ...listOf(fieldsOf(spec).generators).flatMap((generator) =>
      listOf(at(generator, 'git', 'directories')).map(({ path }) => path),
    ),
  ].flatMap((path) => (typeof path === 'string' ? [path.replace(/^\.\//, '')] : []))

/** `clusters/<cluster>/<engine>/…`: entries of an engine. */
const ENTRY = /^clusters\/([^/]+)\/(argocd|flux)\//

export const engines = (objects: readonly RenderedObject[], context: PolicyContext): FileHit[] => {
  const { cluster } = context
  const foreign = context.clusters.some(
    ({ name, engine }) => name === cluster.name && engine !== cluster.engine,
  )
  const strays = context.takenPaths.some((path) => {
    const [, place, engine] = ENTRY.exec(path) ?? []
    return place === cluster.name && engine !== cluster.engine
  })
  const root = `clusters/${cluster.name}/${cluster.engine}`
  const leading = new Map<string, string>()
  return [
    ...(foreign || strays
      ? [
          {
            rule: 'ENGINE-UNIQUE',
            file: root,
            pointer: '',
            message: 'Another engine has entries on this cluster.',
          } as const,
        ]
      : []),
    ...objects.flatMap(({ path: file, manifest }): FileHit[] => {
      const engine = engineOf(manifest)
      if (!engine) return []
      const hit = (pointer: string, message: string): FileHit => ({
        ...{ rule: 'ENGINE-UNIQUE', file, pointer, message },
      })
      if (engine !== cluster.engine) {
        return [hit('/kind', 'The object is for the engine that this cluster does not have.')]
      }
      return pathsOf(manifest).flatMap((path) => {
        const first = leading.get(path)
        if (first === undefined) leading.set(path, file)
        return first === undefined || first === file
          ? []
          : [hit('/spec', 'Two objects lead to one path.')]
      })
    }),
  ]
}
