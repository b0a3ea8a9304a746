// The two forges that are compared: the one in memory, and the local one behind the real adapter.
import { createGitHubForge } from '../../../gitops/forges/github.ts'
import { compareForges, type Difference, type Met } from '../../simulator/forge-differential.ts'
import type { Party } from '../../simulator/forge-side.ts'
import { createMemoryForge } from '../../simulator/memory-forge.ts'
import { AT, commitOver, openForge } from './testing.ts'

const FILES = { 'README.md': '# Manifests\n', 'rendered/one.yaml': 'a: 1\n' }
const EVENTS = {
  approved: 'APPROVE',
  changes_requested: 'REQUEST_CHANGES',
  commented: 'COMMENT',
} as const
const WRITER = 'ada'
const ADMINISTRATOR = 'rosa'

const inMemory = (create: typeof createMemoryForge): Party => {
  const { forge, person } = create(FILES)
  return {
    forge,
    person: {
      push: async (branch, path, content) => person.push(branch, path, content),
      review: async (number, state) => person.review(number, WRITER, state),
      close: async (number) => person.close(number),
      edit: async (number, body) => person.edit(number, body),
      force: async (branch, sha) => person.force(branch, sha),
      drop: async (branch) => person.drop(branch),
      merge: async (number, { pastTheGate }) => {
        const login = pastTheGate ? ADMINISTRATOR : WRITER
        const done = person.merge(number, login, { pastTheGate })
        return 'merged' in done ? done.merged : null
      },
    },
  }
}

const local = async (): Promise<Party> => {
  const started = await openForge()
  const { git, pulls } = started.as(WRITER)
  const administrator = started.as(ADMINISTRATOR).pulls
  return {
    forge: createGitHubForge({
      ...{ baseUrl: `${started.url}/api/v3`, token: 'app-token', repository: 'dbis/gitops', fetch },
    }),
    person: {
      push: async (branch, path, content) => {
        const files = { [path]: content }
        const { sha } = await commitOver(started, { base: branch, files, message: 'By hand\n' })
        await git.updateRef({ ...AT, ref: `heads/${branch}`, sha })
        return sha
      },
      review: async (number, state) => {
        if (state === 'dismissed') throw new Error('nobody dismisses here')
        const event = EVENTS[state]
        await pulls.createReview({ ...AT, pull_number: number, event, body: 'Read' })
      },
      close: async (number) => {
        await pulls.update({ ...AT, pull_number: number, state: 'closed' })
      },
      edit: async (number, body) => {
        await pulls.update({ ...AT, pull_number: number, body })
      },
      force: async (branch, sha) => {
        await git.updateRef({ ...AT, ref: `heads/${branch}`, sha, force: true })
      },
      drop: async (branch) => {
        await git.deleteRef({ ...AT, ref: `heads/${branch}` })
      },
      merge: async (number, { pastTheGate }) => {
        const { merge } = pastTheGate ? administrator : pulls
        const words = { commit_title: `Merge #${number}`, commit_message: '' }
        const done = await merge({ ...AT, pull_number: number, ...words }).catch((error) => {
          if (error.status === 405) return null
          throw error
        })
        return done?.data.sha ?? null
      },
    },
  }
}

/** One sequence; call it in a test. `create`: another forge in memory than the product's tests have. */
export const compareOnce = async (
  options: { seed: number; steps: number; met: Met },
  create = createMemoryForge,
): Promise<Difference | null> => compareForges([inMemory(create), await local()], options)
