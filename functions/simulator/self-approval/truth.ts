// What is really so in a trace, kept apart from the product and without any of its code: who is who, who has which key, who asked,
// pushed, approved. From it follows what may be promoted: something that a person approved, on exactly that head, who neither
// asked for it, nor could have by the credential that did, nor pushed, and who was an approver when it was merged.

export const MEMBERS = ['olga', 'rita', 'anton', 'bea', 'carl'] as const
export type Member = (typeof MEMBERS)[number]
/** `mallory` has an account at the forge and is no member of anything; so has the forge’s administrator. */
export type Human = Member | 'mallory' | 'root'

export const LOGINS = {
  olga: 'olga',
  'olga-2': 'olga-2',
  rita: 'rita-k',
  anton: 'Anton',
  'anton-2': 'anton-2',
  bea: 'bea',
  carl: 'carl',
  mallory: 'mallory',
  root: 'root',
} as const
export const FIRST_OWNERS: Record<keyof typeof LOGINS, Human> = {
  ...{
    olga: 'olga',
    'olga-2': 'olga',
    rita: 'rita',
    anton: 'anton',
    'anton-2': 'anton',
    bea: 'bea',
  },
  ...{ carl: 'carl', mallory: 'mallory', root: 'root' },
}

export interface Approval {
  human: Human
  /** `api`, `credential`, or the login by which it was given at the forge. */
  by: string
  /** Who else could have given it: whoever offered the credential, and could have taken it himself. */
  hands?: readonly Human[]
  head: string
  revision: number
  takenBack: boolean
}

export interface Asked {
  id: string
  name: string
  number: number
  branch: string
  /** Everybody who could have asked for it by the credential that did. */
  askers: Set<Human>
  revision: number
  /** Since the revision was written. */
  pushers: Set<Human>
  /** At any time, by an account that was linked. */
  knownPushers: Set<Human>
  approvals: Approval[]
  /** Of its merge, when it was seen; null before. */
  mayBePromoted: boolean | null
  promoted: boolean
}

export interface Truth {
  roles: Map<Member, readonly string[]>
  active: Set<Member>
  /** Of each login, now. */
  owners: Map<string, Human>
  /** What the product has accepted as proved. */
  links: Map<Member, string>
  /** Who has the machine's present token in his hands. */
  machineHolders: Set<Member>
  asked: Asked[]
}

export const firstTruth = (): Truth => ({
  roles: new Map<Member, readonly string[]>([
    ['olga', ['owner']],
    ['rita', ['requester']],
    ['anton', ['approver']],
    ['bea', ['requester', 'approver']],
    ['carl', ['admin', 'requester']],
  ]),
  active: new Set(MEMBERS),
  owners: new Map(
    Object.entries(LOGINS).map(([name, login]) => [
      login.toLowerCase(),
      FIRST_OWNERS[name as keyof typeof LOGINS],
    ]),
  ),
  links: new Map(),
  machineHolders: new Set(['olga']),
  asked: [],
})

const isMember = (human: Human): human is Member => (MEMBERS as readonly string[]).includes(human)

const mayApproveNow = ({ roles, active }: Truth, human: Human): boolean =>
  isMember(human) &&
  active.has(human) &&
  (roles.get(human) ?? []).some((role) => role === 'owner' || role === 'approver')

/** The account is still his, there and here. */
const isHis = ({ links, owners }: Truth, human: Human, login: string): boolean =>
  isMember(human) && links.get(human) === login && owners.get(login) === human

/** Whether this head, merged now, may ever be promoted. */
export const mayPromote = (truth: Truth, asked: Asked, head: string): boolean =>
  asked.approvals.some(
    ({ human, by, ...given }) =>
      given.head === head &&
      given.revision === asked.revision &&
      !given.takenBack &&
      [human, ...(given.hands ?? [])].every((hand) => !asked.askers.has(hand)) &&
      !asked.pushers.has(human) &&
      !asked.knownPushers.has(human) &&
      mayApproveNow(truth, human) &&
      // What he said by his account counts while it is linked, also when he has given the login up since.
      (by === 'api' || by === 'credential' || (isMember(human) && truth.links.get(human) === by)),
  )

/** He pushed, here or by force; whether the head is another now does not matter. */
export const pushed = (truth: Truth, asked: Asked, login: string): void => {
  const human = truth.owners.get(login)
  if (human === undefined) return
  asked.pushers.add(human)
  if (isHis(truth, human, login)) asked.knownPushers.add(human)
}
