// The fleet's documents: for each region the objects our own templates make, as plain data, the same for every contender.
import { materialise } from '../../../gitops/cloud-config.ts'
import { toYaml } from '../../../gitops/yaml.ts'
import type { Manifest } from '../../../schemas/template.ts'
import { exampleInput } from '../../../templates/example-inputs.ts'
import { findTemplate } from '../../../templates/index.ts'

export const DOCUMENTS_PER_REGION = 10

const objectsOf = (name: string, region: string): Manifest[] => {
  const template = findTemplate(name)
  const [example] = template?.examples ?? []
  if (!template || !example) throw new Error(`no template ${name} with an example`)
  const input = exampleInput(template, { ...example, name: `${example.name}-${region}` })
  const cluster = { ...input.cluster, name: region, region }
  return template.render({ ...input, cluster }).flatMap(({ objects }) => objects)
}

/** A virtual machine with its files, and the tenant's base as far as ten documents reach. Cloud-configs are text already. */
export const regionDocuments = (region: string): Manifest[] =>
  ['virtual-machine', 'tenant-base']
    .flatMap((name) => objectsOf(name, region))
    .map((object) => materialise(object, toYaml))
    .slice(0, DOCUMENTS_PER_REGION)

/** `regions` lists of ten documents each. */
export const fleetDocuments = (regions: number): Manifest[][] =>
  Array.from({ length: regions }, (_, index) =>
    regionDocuments(`region-${String(index + 1).padStart(3, '0')}`),
  )
