// All policy packs, and what follows from them: the rules and evidence of a control, the controls that a rule serves.
import { type RuleId, rules } from '../rules.ts'
import { ccpa } from './ccpa.ts'
import { gdpr } from './gdpr.ts'
import { hipaa } from './hipaa.ts'
import { iso27001 } from './iso-27001.ts'
import type { Control, PolicyPack } from './pack.ts'
import { pciDss } from './pci-dss.ts'
import { soc2 } from './soc-2.ts'
import { sox } from './sox.ts'
import { type Evidence, type Theme, themes } from './themes.ts'

export const policyPacks: readonly PolicyPack[] = [gdpr, ccpa, sox, hipaa, pciDss, iso27001, soc2]

export const findPack = (name: string): PolicyPack | undefined =>
  policyPacks.find((pack) => pack.name === name)

/** Shown wherever a pack is. */
export const PACK_NOTE =
  'A pack says which checks and records of Phoenix speak to a control. It does not say that anybody complies; where the reading is an interpretation, an auditor may read the control in another way.'

const themesOf = (control: Control): Theme[] => control.themes.map((name): Theme => themes[name])

/** Sorted, each once. */
export const rulesOfControl = (control: Control): RuleId[] =>
  [...new Set(themesOf(control).flatMap((theme) => theme.rules))].sort()

export const evidenceOfControl = (control: Control): Evidence[] =>
  [...new Set(themesOf(control).flatMap((theme) => theme.evidence))].sort()

/** A control as it is shown: with its rules, and what Phoenix has and lacks. */
export const controlView = (control: Control) => ({
  id: control.id,
  title: control.title,
  reading: control.reading,
  rules: rulesOfControl(control).map((id) => {
    const { severity, title } = rules[id]
    return { id, severity, title }
  }),
  evidence: evidenceOfControl(control),
  has: themesOf(control).map(({ has }) => has),
  lacks: control.lacks,
})

/** The controls that a rule serves, pack by pack. */
export const controlsServedBy = (rule: RuleId) =>
  policyPacks.flatMap((pack) =>
    pack.controls
      .filter((control) => rulesOfControl(control).includes(rule))
      .map(({ id, title, reading }) => ({
        ...{ pack: pack.name, packTitle: pack.title },
        ...{ control: id, title, reading },
      })),
  )
