// The record of a change in Git, `changes/<id>/change.json` with `plan.json` beside it, and the text whose seal says that Phoenix
// wrote them: anybody with push rights on the repository can write such files, and nobody but Phoenix can seal them. It holds no key.
import type { Plan } from '../schemas/plan.ts'

export interface RecordedChange {
  id: string
  revision: number
  fingerprint: string
  requester: string
  /** `sha256:` and 64 hex digits: an HMAC of textToSeal. Absent: of a release before seals. */
  seal?: string | undefined
}

export const planText = (plan: Plan): string => `${JSON.stringify(plan, null, 2)}\n`

const recordOf = ({ id, revision, requester, fingerprint }: RecordedChange, plan: Plan) => ({
  schema: 'phoenix.change/v1',
  ...{ id, revision, tenant: plan.tenant, action: plan.action, phase: plan.phase },
  ...{ template: plan.template, name: plan.name, requester, fingerprint },
  ...(plan.reverts === undefined ? {} : { reverts: plan.reverts }),
})

/** change.json; the same change and plan give the same bytes. */
export const recordText = (change: RecordedChange, plan: Plan): string => {
  const record = recordOf(change, plan)
  const { seal } = change
  return `${JSON.stringify(seal === undefined ? record : { ...record, seal }, null, 2)}\n`
}

/** Binds the tenant, every field of the record, and every byte of the plan beside it. No JSON has a NUL in it. */
const boundText = (tenantId: string, record: object, plan: string): string =>
  ['phoenix.change-seal/v1', tenantId, JSON.stringify(record), plan].join('\u0000')

export const textToSeal = (tenantId: string, change: RecordedChange, plan: Plan): string =>
  boundText(tenantId, recordOf(change, plan), planText(plan))

/** As they were read back. Null: the record has no seal, or is none. */
export const textSealed = (
  tenantId: string,
  { record, plan }: { record: unknown; plan: string },
): { seal: string; text: string } | null => {
  if (typeof record !== 'object' || record === null || !('seal' in record)) return null
  const { seal, ...rest } = record
  return typeof seal === 'string' ? { seal, text: boundText(tenantId, rest, plan) } : null
}
