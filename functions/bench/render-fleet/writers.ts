// Everybody's way from the same objects to text. The peers come from functions/verify, which is installed for this alone,
// so their types are not known here: each is called through the few words it is used by.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { toYaml } from '../../../gitops/yaml.ts'
import type { Manifest } from '../../../schemas/template.ts'

export interface Writer {
  name: string
  /** One text for each region's documents, or one for each document. */
  write: (fleet: readonly Manifest[][]) => string[]
}

export interface Peers {
  writers: Writer[]
  versions: Record<string, string>
  /** An independent reader of one text that may hold several documents. */
  read: (text: string) => unknown[]
}

interface JsYaml {
  dump: (value: unknown, options: { noRefs: boolean }) => string
  loadAll: (text: string) => unknown[]
}
interface Yaml {
  stringify: (value: unknown, options: { aliasDuplicateObjects: boolean }) => string
}
interface Cdk8s {
  App: new () => { synthYaml: () => string }
  Chart: new (app: unknown, id: string) => object
  ApiObject: new (chart: unknown, id: string, manifest: Manifest) => object
}

const each =
  (write: (document: Manifest) => string): Writer['write'] =>
  (fleet) =>
    fleet.flatMap((documents) => documents.map(write))

/** cdk8s as its guide shows it: an app, a chart for each region, an object for each document; without the file writes. */
const synthesise =
  ({ App, Chart, ApiObject }: Cdk8s): Writer['write'] =>
  (fleet) => {
    const app = new App()
    for (const [region, documents] of fleet.entries()) {
      const chart = new Chart(app, `region-${region}`)
      for (const [index, document] of documents.entries())
        new ApiObject(chart, `document-${index}`, document)
    }
    return [app.synthYaml()]
  }

export const FLOOR = 'JSON.stringify (floor)'
export const OURS = 'phoenix'

export const ownWriters: readonly Writer[] = [
  { name: FLOOR, write: each((document) => JSON.stringify(document)) },
  { name: OURS, write: each(toYaml) },
]

/** Throws where functions/verify is not installed: `npm run bench` does that first. */
export const loadPeers = (): Peers => {
  const load = createRequire(join(import.meta.dirname, '../../verify/package.json'))
  const jsYaml: JsYaml = load('js-yaml')
  const yaml: Yaml = load('yaml')
  const cdk8s: Cdk8s = load('cdk8s')
  const versionOf = (name: string): string => load(`${name}/package.json`).version
  return {
    writers: [
      // Both write anchors for shared objects unless told not to: no manifest repository wants those.
      { name: 'js-yaml', write: each((document) => jsYaml.dump(document, { noRefs: true })) },
      {
        name: 'yaml',
        write: each((document) => yaml.stringify(document, { aliasDuplicateObjects: false })),
      },
      { name: 'cdk8s', write: synthesise(cdk8s) },
    ],
    versions: Object.fromEntries(
      ['js-yaml', 'yaml', 'cdk8s', 'constructs'].map((name) => [name, versionOf(name)]),
    ),
    read: (text) => jsYaml.loadAll(text),
  }
}
