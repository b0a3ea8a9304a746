// The forge in memory and the local one, behind the real adapter, are held to the same answers over random sequences. The long
// run: FORGE_SEQUENCES=200 npx vitest run functions/local/forge/differential.test.ts
import { expect, it } from 'vitest'
import { createGitHubForge } from '../../../gitops/forges/github.ts'
import { compareForges, type Party } from '../../simulator/forge-differential.ts'
import { createMemoryForge } from '../../simulator/memory-forge.ts'
import { AT, commitOver, openForge } from './testing.ts'

const SEQUENCES = Number(process.env.FORGE_SEQUENCES ?? 2)
const STEPS = 40
const seed = Number(process.env.FORGE_SEED ?? 20_261_122)

const FILES = { 'README.md': '# Manifests\n', 'rendered/one.yaml': 'a: 1\n' }
const EVENTS = {
  approved: 'APPROVE',
  changes_requested: 'REQUEST_CHANGES',
  commented: 'COMMENT',
} as const

const inMemory = (): Party => {
  const { forge, person } = createMemoryForge(FILES)
  return {
    forge,
    person: {
      push: async (branch, path, content) => person.push(branch, path, content),
      review: async (number, state) => person.review(number, 'ada', state),
      close: async (number) => person.close(number),
      edit: async (number, body) => person.edit(number, body),
      force: async (branch, sha) => person.force(branch, sha),
      drop: async (branch) => person.drop(branch),
    },
  }
}

const local = async (): Promise<Party> => {
  const started = await openForge()
  const ada = started.as('ada')
  return {
    forge: createGitHubForge({
      ...{ baseUrl: `${started.url}/api/v3`, token: 'app-token', repository: 'dbis/gitops', fetch },
    }),
    person: {
      push: async (branch, path, content) => {
        const { sha } = await commitOver(started, { base: branch, files: { [path]: content } })
        await ada.git.updateRef({ ...AT, ref: `heads/${branch}`, sha })
        return sha
      },
      review: (number, state) => {
        if (state === 'dismissed') throw new Error('nobody dismisses here')
        const event = EVENTS[state]
        return ada.pulls.createReview({ ...AT, pull_number: number, event, body: 'Read' })
      },
      close: (number) => ada.pulls.update({ ...AT, pull_number: number, state: 'closed' }),
      edit: (number, body) => ada.pulls.update({ ...AT, pull_number: number, body }),
      force: (branch, sha) =>
        ada.git.updateRef({ ...AT, ref: `heads/${branch}`, sha, force: true }),
      drop: (branch) => ada.git.deleteRef({ ...AT, ref: `heads/${branch}` }),
    },
  }
}

it('answer the same to the same', async () => {
  const counts = new Map<string, number>()
  for (let at = 0; at < SEQUENCES; at += 1) {
    const found = await compareForges([inMemory(), await local()], {
      ...{ seed: seed + at, steps: STEPS, counts },
    })
    expect(found, `seed ${seed + at}`).toBeNull()
  }
  console.info(`forges compared, ${SEQUENCES} sequences: ${[...counts].flat().join(' ')}`)
}, 600_000)
