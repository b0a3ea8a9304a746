// The plan as a document: PLAN.md holds all of it, the pull request's body the same text as far as it fits.
// Deterministic: no time, no log position, nothing that differs between two identical runs.
import type { Plan } from '../../schemas/plan.ts'
import { fleetHead, fleetSection } from '../fleet/section.ts'
import { pullTitle } from '../message.ts'
import { changeDirectory } from '../paths.ts'
import { approvalSection } from './approval.ts'
import { capacitySection, placementSection, quotaSection } from './capacity.ts'
import { costSection, residencySection } from './consequences.ts'
import { contradictionsSection } from './contradictions.ts'
import { filesSection } from './files.ts'
import { findingsSection } from './findings.ts'
import { ALL, code, plain, type Room } from './markdown.ts'
import { orderSection, rollbackSection } from './order.ts'
import { askedSection, changes, destroyed, simulatedNote, summary } from './summary.ts'

/** GitHub cuts a body at 65,536 characters. */
export const BODY_LIMIT_CHARACTERS = 60_000
/** A body that is too long names fewer files, then shows fewer rows of every table, until it fits. */
const LEAST: Room = { rows: 5, files: 5 }
const ROOMS: readonly Room[] = [
  ALL,
  { ...ALL, files: 60 },
  { ...ALL, files: 10 },
  { rows: 200, files: 10 },
  { rows: 60, files: 10 },
  { rows: 20, files: 5 },
  LEAST,
]

export interface Proposed {
  id: string
  revision: number
}

/** By its number alone nobody would look it up. */
const takenBack = ({ reverts }: Plan, publicUrl: string): string[] =>
  reverts === undefined
    ? []
    : ['', `It takes back change [${code(reverts)}](${publicUrl}/changes/${reverts}).`]

const write = (plan: Plan, change: Proposed, publicUrl: string, room: Room) => ({
  head: [
    `# ${plain(pullTitle(plan))}`,
    '',
    ...summary(plan),
    ...fleetHead(plan),
    `Tenant ${code(plan.tenant)} · change [${code(change.id)}](${publicUrl}/changes/${change.id}) · revision ${change.revision} · template ${code(`${plan.template.name} ${plan.template.version}`)}`,
    ...takenBack(plan, publicUrl),
    '',
    ...simulatedNote(plan, room),
    ...askedSection(plan, room),
    ...changes(plan, room),
    ...destroyed(plan, room),
    ...findingsSection(plan, publicUrl, room),
    ...contradictionsSection(plan, publicUrl, room),
    ...costSection(plan, room),
    ...fleetSection(plan, room),
    ...capacitySection(plan, room),
    ...placementSection(plan, room),
    ...residencySection(plan, room),
    ...quotaSection(plan, room),
    ...orderSection(plan, room),
    ...filesSection(plan, room),
  ].join('\n'),
  // What an approver must know of the approval itself is never what is cut.
  tail: [
    ...rollbackSection(plan),
    ...approvalSection(plan, `${changeDirectory(change.id)}/plan.json`),
  ].join('\n'),
})

/** The text of PLAN.md: every row. */
export const planDocument = (plan: Plan, change: Proposed, publicUrl: string): string => {
  const { head, tail } = write(plan, change, publicUrl, ALL)
  return `${head}\n${tail}`
}

/** The body of the pull request: PLAN.md to the byte where that fits, else the same with shorter tables. */
export const planBody = (plan: Plan, change: Proposed, publicUrl: string): string => {
  for (const room of ROOMS) {
    const { head, tail } = write(plan, change, publicUrl, room)
    if (head.length + tail.length < BODY_LIMIT_CHARACTERS) return `${head}\n${tail}`
  }
  const { head, tail } = write(plan, change, publicUrl, LEAST)
  const note = `\n\n… cut: the rest is in ${changeDirectory(change.id)}/PLAN.md of this commit.\n\n`
  const room = Math.max(0, BODY_LIMIT_CHARACTERS - tail.length - note.length)
  return `${head.slice(0, Math.max(0, head.lastIndexOf('\n', room)))}${note}${tail}`
}
