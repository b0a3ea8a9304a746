// Every template against many random parameter sets: what holds of its examples must hold of whatever its schema takes.
// FUZZ_SETS and FUZZ_SEED change how many and which; `-t <template>` runs one.
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { renderingPhases, templates } from '../../../templates/index.ts'
import { loadJudge } from '../../cli/k8s-judge.ts'
import { acceptedBy, checks, countKinds, kindOf } from './checks.ts'
import { buildFailuresOf, failuresOf, type Sets, setsOf } from './fuzz.ts'
import { kubectlAbsent } from './kustomize.ts'

declare module 'vitest' {
  interface ProvidedContext {
    part: { index: number; parts: number }
  }
}

const WANTED = Number(process.env.FUZZ_SETS ?? 200)
const SEED = Number(process.env.FUZZ_SEED ?? 138)

const { index, parts } = inject('part')
const judge = loadJudge()
const noKubectl = kubectlAbsent()
if (index === 0) {
  if ('absent' in judge) console.log(`skipped: ${judge.absent}`)
  if (noKubectl) console.log('skipped: kubectl is not on this machine')
}

const none = (failures: string[]): void => {
  expect(failures.length, `\n${failures.join('\n')}\n`).toBe(0)
}

const mine = [...templates, ...renderingPhases].filter((_, place) => place % parts === index)

describe.each(mine)('$name', (template) => {
  let sets: Sets
  beforeAll(() => {
    sets = setsOf(template, { wanted: WANTED, seed: SEED })
  })

  it('takes enough random parameters', ({ task }) => {
    const { drawn, acceptedPercent, mended, keptPercent, refused } = sets
    const objects = drawn.flatMap(({ ready }) => ready.rendered?.objects ?? [])
    task.meta.fuzzed = {
      template: template.name,
      sets: drawn.length,
      ...{ acceptedPercent, mended, keptPercent, refused },
      objects: objects.length,
      kinds: 'absent' in judge ? {} : countKinds(objects.map(({ manifest }) => kindOf(manifest))),
    }
    expect(drawn.length, JSON.stringify(refused)).toBe(WANTED)
  })

  it.each(Object.entries(checks))('%s', (_, check) => none(failuresOf(sets, check)))

  it.skipIf('absent' in judge)('renders what the schemas of its kinds accept', () => {
    if (!('absent' in judge)) none(failuresOf(sets, acceptedBy(judge)))
  })

  // Records are no manifests: no engine builds them.
  it.skipIf(noKubectl || template.records)('is built by kubectl kustomize', () =>
    none(buildFailuresOf(sets)),
  )
})
