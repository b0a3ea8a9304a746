// What a system's source contradicts: by severity, then by kind, each kind folded to a line until somebody opens it.
import { rulePath } from '../../gitops/finding.ts'
import type { Finding } from '../../schemas/plan.ts'
import { isRuleId, rules } from '../../schemas/rules.ts'
import { Badge } from './badge.tsx'
import { countOf } from './text.tsx'

const SEVERITIES = ['block', 'warn', 'info'] as const

const byRule = (findings: Finding[]): [rule: string, findings: Finding[]][] => {
  const groups = new Map<string, Finding[]>()
  for (const found of findings) groups.set(found.rule, [...(groups.get(found.rule) ?? []), found])
  return [...groups]
}

const titleOf = (rule: string): string => (isRuleId(rule) ? rules[rule].title : rule)

const Kind = ({ rule, findings }: { rule: string; findings: Finding[] }) => (
  <details>
    <summary>
      {titleOf(rule)} <span class="small soft">({findings.length})</span>
    </summary>
    <ul class="small">
      {findings.map(({ message, numbers, fix }) => (
        <li>
          {message} <span class="soft">{fix}</span>{' '}
          <a class="mono" href={rulePath({ rule, numbers })}>
            {rule}
          </a>
        </li>
      ))}
    </ul>
  </details>
)

export const Contradictions = ({ findings }: { findings: Finding[] }) => (
  <section aria-labelledby="contradictions">
    <h2 id="contradictions">What its source contradicts</h2>
    {findings.length === 0 ? (
      <p>Nothing found: what is declared and what the rows add up to agree.</p>
    ) : (
      <>
        <p>
          {countOf(findings.length, 'finding')} from the source’s own numbers, held against each
          other. Planning this system reports the same ones.
        </p>
        {SEVERITIES.map((severity) => {
          const own = findings.filter((found) => found.severity === severity)
          return own.length === 0 ? null : (
            <div>
              <h3>
                <Badge text={severity} /> {own.length}
              </h3>
              {byRule(own).map(([rule, group]) => (
                <Kind rule={rule} findings={group} />
              ))}
            </div>
          )
        })}
      </>
    )}
  </section>
)
