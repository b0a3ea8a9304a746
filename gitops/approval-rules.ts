// What a tenant's own rules ask of the people who approve a change. Of the rules that fit the strictest counts. Pure.
import type { ChangeRequest } from '../schemas/change.ts'
import type { Finding, Reviewers } from '../schemas/plan.ts'
import { TENANT_DELETION } from '../schemas/tenant-deletion.ts'
import type { ApprovalRule, ChangeKind } from '../schemas/tenant-settings.ts'
import { finding } from './finding.ts'

export const APPROVERS = ['approver', 'owner'] as const

export const changeKindOf = ({
  action,
  template,
}: Pick<ChangeRequest, 'action' | 'template'>): ChangeKind =>
  template === TENANT_DELETION ? 'tenant-deletion' : action

export interface Demanded {
  needed: number
  /** Whoever approves has one role of each: two rules may name different ones. */
  roleSets: string[][]
  /** Each approval is a presentation of a credential. */
  credential: boolean
  why: string[]
}

const WORDS: Record<ChangeKind, string> = {
  create: 'creations',
  update: 'updates',
  delete: 'deletions',
  failover: 'failovers',
  'tenant-deletion': 'the deletion of the tenant',
}

/** A rule of deletions is one of the tenant's as well: nothing deletes more. */
export const fits = ({ kinds }: ApprovalRule, kind: ChangeKind): boolean =>
  kinds === undefined ||
  kinds.includes(kind) ||
  (kind === 'tenant-deletion' && kinds.includes('delete'))

export const demandedBy = (rules: readonly ApprovalRule[], kind: ChangeKind): Demanded => {
  const fitting = rules.filter((rule) => fits(rule, kind))
  return {
    needed: Math.max(1, ...fitting.map(({ approvals }) => approvals)),
    roleSets: fitting.flatMap(({ roles }) => (roles === undefined ? [] : [[...roles]])),
    credential: fitting.some(({ credential }) => credential === true),
    why: [...new Set(fitting.map((rule) => sentenceOf(rule, kind)))],
  }
}

const sentenceOf = (
  { kinds, approvals, roles, credential }: ApprovalRule,
  kind: ChangeKind,
): string => {
  const what = kinds === undefined ? 'every change' : WORDS[kind]
  const people = approvals === 1 ? '1 approval' : `${approvals} approvals`
  const whose = roles === undefined ? '' : ` by people with the role ${roles.join(' or ')}`
  const how = credential ? ', each by presenting a credential' : ''
  return `the tenant’s own rule asks for ${people}${whose} of ${what}${how}`
}

/** Roles that satisfy every set; where one role cannot, all that are named: whoever approves then needs several. */
export const rolesIn = (roleSets: readonly (readonly string[])[]): string[] => {
  const all = [...new Set(roleSets.flat())]
  const common = all.filter((role) => roleSets.every((set) => set.includes(role)))
  return (common.length > 0 ? common : all).sort()
}

export const hasRolesFor = (
  roles: readonly string[],
  roleSets: readonly (readonly string[])[],
): boolean => roleSets.every((set) => set.some((role) => roles.includes(role)))

/** A plan's reviewers with the tenant's rules on top: never fewer people, never more roles. */
export const stricter = (
  usual: Reviewers,
  rules: readonly ApprovalRule[],
  kind: ChangeKind,
): Reviewers => {
  const { needed, roleSets, why } = demandedBy(rules, kind)
  return {
    needed: Math.max(usual.needed, needed),
    roles: rolesIn([usual.roles, ...roleSets]),
    why: [...new Set([...usual.why, ...why])],
  }
}

/** Fewer people than must approve could: it is said before somebody waits for an approval that nobody can give. */
export const judgeReviewers = (
  { needed, roles }: Reviewers,
  /** Roles of each person who did not ask for it; absent: nobody counted them. */
  approvers: readonly (readonly string[])[] | undefined,
): Finding[] => {
  const able = approvers?.filter((one) => one.some((role) => roles.includes(role))).length
  return able === undefined || able >= needed
    ? []
    : [
        finding('REVIEWERS-SHORT', 'Fewer people could approve this than must.', {
          pointer: '/action',
          numbers: { able, needed },
        }),
      ]
}

/** Pairs of rules that no one role could satisfy for some kind of change: places in the list of the later one. */
export const contradictory = (rules: readonly ApprovalRule[]): number[] => {
  const kinds = Object.keys(WORDS) as ChangeKind[]
  return rules.flatMap((rule, index) => {
    const clashes = kinds.some((kind) => {
      const sets = demandedBy(rules.slice(0, index + 1), kind).roleSets
      const before = demandedBy(rules.slice(0, index), kind).roleSets
      return fits(rule, kind) && hasCommon(before) && !hasCommon(sets)
    })
    return clashes ? [index] : []
  })
}

const hasCommon = (sets: readonly (readonly string[])[]): boolean =>
  APPROVERS.some((role) => sets.every((set) => set.includes(role)))
