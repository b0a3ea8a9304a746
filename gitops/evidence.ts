// Puts the evidence for a policy pack together from a tenant's rows. Pure and deterministic: the rows say when things
// happened, and nothing that happened after the period is in it, so the document of a past period never changes.
import { canonicalJson } from '../schemas/canonical-json.ts'
import type {
  Evidence,
  EvidenceChange,
  EvidenceControl,
  EvidenceException,
} from '../schemas/evidence.ts'
import type { Finding } from '../schemas/plan.ts'
import type { Control, PolicyPack } from '../schemas/policy-packs/pack.ts'
import { controlView, PACK_NOTE } from '../schemas/policy-packs/packs.ts'
import type { Sha256 } from './plan.ts'

/** A plan as it was judged: that of a revision of a change. */
export interface JudgedPlan {
  change: string
  findings: Pick<Finding, 'rule' | 'severity' | 'exception'>[]
}

export interface EvidenceRows {
  tenant: string
  period: { from: string; to: string }
  /** Planned within the period. */
  plans: readonly JudgedPlan[]
  /** With a step within the period, oldest first. */
  changes: readonly EvidenceChange[]
  /** In force on at least one day of the period, in name order. */
  exceptions: readonly EvidenceException[]
}

const NOTES = [
  PACK_NOTE,
  'Only what was let through is counted: a request whose plan has a blocking finding is refused and leaves no trace here.',
  'People are named by the pseudonyms of their tokens. Nothing of another tenant is in this document.',
  'Commits can be looked up in the tenant’s repository; what happened outside Phoenix is not seen.',
]

type Counts = EvidenceControl['findings']

const count = (found: JudgedPlan['findings']): Counts => ({
  block: found.filter(({ severity }) => severity === 'block').length,
  warn: found.filter(({ severity }) => severity === 'warn').length,
  info: found.filter(({ severity }) => severity === 'info').length,
  excused: found.filter(({ exception }) => exception !== undefined).length,
})

const judgeControl = (control: Control, rows: EvidenceRows): EvidenceControl => {
  const view = controlView(control)
  const ids = new Set<string>(view.rules.map(({ id }) => id))
  const found = rows.plans.flatMap(({ change, findings }) =>
    findings.filter(({ rule }) => ids.has(rule)).map((each) => ({ ...each, change })),
  )
  const touched = new Set(found.map(({ change }) => change))
  const isAboutAll = view.evidence.includes('approvals') || view.evidence.includes('log')
  return {
    ...view,
    plans: rows.plans.length,
    findings: count(found),
    byRule: view.rules.flatMap(({ id }) => {
      const of = found.filter(({ rule }) => rule === id)
      return of.length === 0 ? [] : [{ rule: id, ...count(of) }]
    }),
    exceptions: rows.exceptions.filter(({ rule }) => ids.has(rule)),
    changes: rows.changes.flatMap(({ id }) => (isAboutAll || touched.has(id) ? [id] : [])),
  }
}

export const makeEvidence = (pack: PolicyPack, rows: EvidenceRows, sha256: Sha256): Evidence => {
  const { name, title, edition } = pack
  const made: Omit<Evidence, 'digest'> = {
    schema: 'phoenix.evidence/v1',
    tenant: rows.tenant,
    pack: { name, title, edition },
    period: rows.period,
    notes: NOTES,
    controls: pack.controls.map((control) => judgeControl(control, rows)),
    changes: [...rows.changes],
  }
  return { ...made, digest: `sha256:${sha256(canonicalJson(made))}` }
}
