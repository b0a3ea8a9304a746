// Who must approve and why, what an approval binds, and the digests by which all of it is recognised.
import type { Plan } from '../../schemas/plan.ts'
import { counted } from '../counted.ts'
import { ALL, bullets, code, plain, section } from './markdown.ts'

export const approvalSection = (plan: Plan, record: string): string[] => [
  ...section('Who must approve', [
    `${counted(plan.reviewers.needed, 'person').replace('persons', 'people')} with the role ${plan.reviewers.roles.map(plain).join(' or ')}, never the requester:`,
    '',
    ...bullets(plan.reviewers.why.map(plain), ALL),
  ]),
  ...section('What an approval binds', [
    `An approval counts for exactly this head, its tree, and what the plan read (${code(plan.reads)}). A push, a new revision, or a change in what was read voids it. Merging alone applies nothing: the clusters follow ${code('live')}, which moves only after the approval has been checked again.`,
    '',
    `${counted(plan.files.length, 'file')}; the whole plan is ${code(record)}, its digest ${code(plan.digest)}.`,
  ]),
]
