// render-fleet: what it costs to write the manifests of a whole fleet. Objects are made before the clock starts;
// no file is written. Correctness first: what every contender wrote is read back and must equal the objects.
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Manifest } from '../../../schemas/template.ts'
import { type Aim, type Contender, interleave, machine, type Report, timed } from '../measure.ts'
import { DOCUMENTS_PER_REGION, fleetDocuments } from './documents.ts'
import { FLOOR, loadPeers, OURS, ownWriters, type Peers, type Writer } from './writers.ts'

const REGIONS = 325

/** Throws at the first document that a writer does not bring back unharmed, in order. */
export const checkWriter = (
  { name, write }: Writer,
  fleet: readonly Manifest[][],
  read: Peers['read'],
): void => {
  const documents = write(fleet).flatMap(read)
  const expected = fleet.flat()
  if (documents.length !== expected.length)
    throw new Error(`${name} wrote ${documents.length} documents of ${expected.length}`)
  expected.forEach((document, index) => {
    if (!isDeepStrictEqual(documents[index], document))
      throw new Error(`${name} changed document ${index} (${document.kind})`)
  })
}

const contendersOf = (writers: readonly Writer[], fleet: readonly Manifest[][]): Contender[] => {
  const group = (suffix: string, hashed: boolean): Contender[] =>
    writers.map(({ name, write }) => ({
      name: name + suffix,
      ...(name === OURS ? {} : { against: OURS + suffix }),
      run: () =>
        timed(() => {
          const texts = write(fleet)
          return hashed ? texts.map((text) => hash('sha256', text)) : texts
        }),
    }))
  return [...group('', false), ...group(' + sha256', true)]
}

const aimsOf = (rows: Report['rows']): Aim[] => {
  const ratio = (name: string) => rows.find((row) => row.name === name)?.ratio?.median ?? Number.NaN
  const overFloor = 1 / ratio(FLOOR)
  const faster = (peer: string, times: number): Aim => {
    const measured = ratio(peer)
    return { text: `at least ${times} times as fast as ${peer}`, measured, met: measured >= times }
  }
  return [
    { text: 'at most 6 times the cost of the floor', measured: overFloor, met: overFloor <= 6 },
    faster('js-yaml', 3),
    faster('cdk8s', 20),
  ]
}

export const renderFleet = async (): Promise<Report> => {
  const { writers: peers, versions, read } = loadPeers()
  const fleet = fleetDocuments(REGIONS)
  const writers = [...ownWriters, ...peers]
  for (const writer of writers) checkWriter(writer, fleet, read)
  const texts = ownWriters.map(({ write }) => write(fleet).join('').length)
  const kinds = [...new Set(fleet.flat().map(({ kind }) => kind))].sort()
  const { rows, rounds } = await interleave(contendersOf(writers, fleet))
  return {
    benchmark: 'render-fleet',
    compares: [
      `${REGIONS} regions x ${DOCUMENTS_PER_REGION} documents from objects to text: ${kinds.join(', ')}`,
      `${texts.map((length) => (length / 1e6).toFixed(2)).join(' MB as JSON, ')} MB as our YAML; the same objects for all`,
      'checked before timing: every text read back by js-yaml equals its objects',
      'js-yaml and yaml without anchors; cdk8s builds its constructs and synthesises, writing no files',
    ],
    unit: 'ms / fleet',
    rounds,
    rows,
    aims: aimsOf(rows),
    versions: { ...versions, ...machine() },
  }
}
