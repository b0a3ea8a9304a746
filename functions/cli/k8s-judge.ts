// An independent judge of rendered manifests, for tests: the JSON Schemas of the real CRDs and of Kubernetes, which lie
// beside the repository and not in it. The product does not need them; without them the judge says why it is absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Schema, Validator } from '@cfworker/json-schema'
import type { Manifest } from '../../schemas/template.ts'

const SCHEMAS = join(import.meta.dirname, '../../../shared/data/schemas-k8s')

interface IndexEntry {
  group: string
  version: string
  kind: string
  file: string
}

export interface Judge {
  /** What is wrong with a manifest, as `pointer: reason`; empty when its schema accepts it. A kind without a schema is wrong. */
  judge: (manifest: Manifest) => string[]
  /** The kinds judged so far, sorted. */
  kinds: () => string[]
}

/** The judge, or the reason why there is none on this machine. */
export const loadJudge = (directory = SCHEMAS): Judge | { absent: string } => {
  const indexFile = join(directory, 'index.json')
  if (!existsSync(indexFile))
    return { absent: 'no JSON Schemas of Kubernetes kinds beside the repository' }
  const index: { kinds: IndexEntry[] } = JSON.parse(readFileSync(indexFile, 'utf8'))
  const files = new Map(
    index.kinds.map(({ group, version, kind, file }) => [
      `${group === '' ? '' : `${group}/`}${version}/${kind}`,
      file,
    ]),
  )
  const validators = new Map<string, Validator>()

  const validatorOf = (id: string): Validator | null => {
    const known = validators.get(id)
    if (known) return known
    const file = files.get(id)
    if (file === undefined) return null
    const schema: Schema = JSON.parse(readFileSync(join(directory, file), 'utf8'))
    const validator = new Validator(schema, '7', false)
    validators.set(id, validator)
    return validator
  }

  return {
    judge: (manifest) => {
      const id = `${manifest.apiVersion}/${manifest.kind}`
      const validator = validatorOf(id)
      if (!validator) return [`#: no schema for ${id}`]
      const { valid, errors } = validator.validate(manifest)
      return valid
        ? []
        : errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
    },
    kinds: () => [...validators.keys()].sort(),
  }
}
