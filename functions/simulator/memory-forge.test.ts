// The forge in memory sits the same examination as the adapters: what is tested on it counts for them.
import { examineForge } from '../../gitops/forges/examination.ts'
import type { Forge } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'
import { commitId } from './git-ids.ts'
import { createMemoryForge } from './memory-forge.ts'

const FILES = { 'README.md': '# Start\n', 'rendered/one.yaml': 'a: 1\n' }

const broken = (error: () => Error): Forge => {
  const memory = createMemoryForge(FILES)
  memory.setIntercept(() => Promise.reject(error()))
  return memory.forge
}

examineForge(
  'Memory',
  async () => {
    const { forge, person, accountOf } = createMemoryForge(FILES)
    const keys = ['ssh-ed25519 AAAA', 'ssh-rsa BBBB']
    accountOf('ada').keys.push(...keys)
    accountOf('eve')
    return {
      forge,
      accounts: { holder: 'ada', keys, keyless: 'eve' },
      denied: broken(() => new Denied('forge', 'answers 401')),
      unreachable: broken(() => new Outage('forge', 'does not answer')),
      person: {
        push: async (branch, path, content) => person.push(branch, path, content),
        review: async (number, state) => {
          person.review(number, 'ada', state)
          return { login: 'ada', account: accountOf('ada').account }
        },
      },
    }
  },
  commitId,
)
