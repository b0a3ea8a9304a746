// What the contract should do, in a few lines of another language: written from its text, not from its code.
import type { Hex } from 'viem'
import { addressOf, type Deployed, type Outcome, ROLE, type Who } from './contract.fixture.ts'

type Role = (typeof ROLE)[keyof typeof ROLE]
export type Operation =
  | [Who, 'publish' | 'attest', bigint, Hex]
  | [Who, 'grant' | 'revoke', Role, Who]
  | [Who, 'setThreshold', number]
  | [Who, 'setPaused', boolean]
  | [Who, 'proposeAdmin', Who]
  | [Who, 'acceptAdmin']

interface Entry {
  root: Hex
  writer: Who
  by: Set<Who>
  confirmed: boolean
}

const EMPTY: Hex = `0x${'0'.repeat(64)}`
const no = (error: string): Outcome => ({ error })
const yes = (...events: string[]): Outcome => ({ events })

export const createModel = (start: {
  admin: Who
  writers: Who[]
  attesters: Who[]
  threshold: number
}) => {
  let { admin, threshold } = start
  let pending: Who | null = null
  let paused = false
  const members = {
    [ROLE.writer]: new Set(start.writers),
    [ROLE.attester]: new Set(start.attesters),
  }
  const entries = new Map<bigint, Entry>()
  const largest = (): bigint => [...entries.keys()].reduce((a, b) => (a > b ? a : b), 0n)

  const publish = (who: Who, size: bigint, root: Hex): Outcome => {
    if (paused) return no('IsPaused')
    if (!members[ROLE.writer].has(who)) return no('NotWriter')
    if (size === 0n || root === EMPTY) return no('EmptyCheckpoint')
    const there = entries.get(size)
    if (there) return there.root === root ? yes() : no('OtherRoot')
    if (size < largest()) return no('NotLarger')
    entries.set(size, { root, writer: who, by: new Set(), confirmed: false })
    return yes('CheckpointPublished')
  }

  const attest = (who: Who, size: bigint, root: Hex): Outcome => {
    if (paused) return no('IsPaused')
    if (!members[ROLE.attester].has(who)) return no('NotAttester')
    const there = entries.get(size)
    if (!there) return no('UnknownCheckpoint')
    if (there.root !== root) return no('OtherRoot')
    if (there.writer === who) return no('OwnCheckpoint')
    const events = there.by.has(who) ? [] : ['CheckpointAttested']
    there.by.add(who)
    if (!there.confirmed && there.by.size >= threshold) {
      there.confirmed = true
      events.push('CheckpointConfirmed')
    }
    return yes(...events)
  }

  const administer = (operation: Operation): Outcome => {
    const [who, verb, a, b] = operation
    if (verb === 'acceptAdmin') {
      if (pending !== who) return no('NotPendingAdmin')
      admin = who
      pending = null
      return yes('AdminChanged')
    }
    if (who !== admin) return no('NotAdmin')
    if (verb === 'grant' || verb === 'revoke') {
      const set = members[a as Role]
      const had = set.has(b as Who)
      if (verb === 'grant') set.add(b as Who)
      else set.delete(b as Who)
      if (had === (verb === 'grant')) return yes()
      return yes(verb === 'grant' ? 'RoleGranted' : 'RoleRevoked')
    }
    if (verb === 'setThreshold') {
      if (a === 0) return no('ZeroThreshold')
      threshold = a as number
      return yes('ThresholdChanged')
    }
    if (verb === 'setPaused') {
      if (paused === a) return yes()
      paused = a as boolean
      return yes('PausedChanged')
    }
    pending = a as Who
    return yes('AdminProposed')
  }

  return {
    take: (operation: Operation): Outcome => {
      if (operation[1] === 'publish') return publish(operation[0], operation[2], operation[3])
      if (operation[1] === 'attest') return attest(operation[0], operation[2], operation[3])
      return administer(operation)
    },
    checkpoint: (size: bigint) => {
      const there = entries.get(size)
      return {
        root: there?.root ?? EMPTY,
        attestations: there?.by.size ?? 0,
        confirmed: there?.confirmed ?? false,
      }
    },
    /** The same operation on the chain. */
    send: ({ call }: Deployed, operation: Operation): Promise<Outcome> => {
      const [who, verb] = operation
      if (verb === 'publish') return call(who, verb, operation[2], operation[3], 'note')
      if (verb === 'attest') return call(who, verb, operation[2], operation[3])
      if (verb === 'grant' || verb === 'revoke')
        return call(who, verb, operation[2], addressOf(operation[3]))
      if (verb === 'proposeAdmin') return call(who, verb, addressOf(operation[2]))
      if (verb === 'setThreshold') return call(who, verb, operation[2])
      if (verb === 'setPaused') return call(who, verb, operation[2])
      return call(who, 'acceptAdmin')
    },
  }
}
