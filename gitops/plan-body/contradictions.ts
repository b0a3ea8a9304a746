// What the source of a phase's system contradicts: which rules and how often, then each sentence with its numbers' page.
import type { Finding, Plan } from '../../schemas/plan.ts'
import { isRuleId, rules } from '../../schemas/rules.ts'
import { counted } from '../counted.ts'
import { rulePath } from '../finding.ts'
import { plain, type Room, section, table } from './markdown.ts'

/** How often each rule found something, in the order of the findings. */
const byRule = (findings: Finding[]): [rule: string, found: Finding[]][] => {
  const groups = new Map<string, Finding[]>()
  for (const found of findings) groups.set(found.rule, [...(groups.get(found.rule) ?? []), found])
  return [...groups]
}

const titleOf = (rule: string): string => plain(isRuleId(rule) ? rules[rule].title : rule)

/** The rules are always all there: they are few. Of the sentences as many as there is room for. */
export const contradictionsSection = (
  { contradictions = [], template }: Plan,
  publicUrl: string,
  room: Room,
): string[] => {
  if (contradictions.length === 0) return []
  const groups = byRule(contradictions)
  const [system = ''] = template.name.split('/')
  return section('What the system’s source contradicts', [
    `${counted(contradictions.length, 'finding')} by ${counted(groups.length, 'rule')}, from the own numbers of the source of ${plain(system)}: the same in every phase, whatever it was asked for with. None of them stops this change.`,
    '',
    ...table(
      ['Rule', 'Kind', 'How often'],
      groups.map(([rule, found]) => [rule, titleOf(rule), `${found.length}`]),
      { rows: groups.length },
    ),
    '',
    ...table(
      ['Numbers', 'What', 'Way out'],
      groups.flatMap(([rule, found]) =>
        found.map(({ numbers, message, fix }) => [
          `[${rule}](${publicUrl}${rulePath({ rule, numbers })})`,
          plain(message),
          plain(fix),
        ]),
      ),
      room,
    ),
  ])
}
