// The rules as pages: all of them by subject, and one with its arithmetic, its exceptions and the controls it serves.
import type { Child } from 'hono/jsx'
import { arithmeticOf, type NamedNumber, type Part } from '../../gitops/arithmetic.ts'
import { EXCEPTIONS_FOLDER, LONGEST_TERM_DAYS } from '../../schemas/exception.ts'
import { controlsServedBy } from '../../schemas/policy-packs/packs.ts'
import { type RuleId, ruleSubjects, rules } from '../../schemas/rules.ts'
import { Badge } from './badge.tsx'

export const RulesPage = () => (
  <>
    <h1>Rules</h1>
    <p>
      Every plan is held against these. <Badge text="block" /> stops a change before anything is
      written; the others are shown to whoever approves. Which of them speak to laws and standards
      is said by the <a href="/policy-packs">policy packs</a>.
    </p>
    <nav aria-label="Subjects" class="row small">
      {ruleSubjects.map(({ subject, ids }) =>
        ids.length === 0 ? null : <a href={`#${anchorOf(subject)}`}>{subject}</a>,
      )}
    </nav>
    {ruleSubjects.map(({ subject, ids }) => (ids.length === 0 ? null : Subject({ subject, ids })))}
  </>
)

const anchorOf = (subject: string): string => subject.toLowerCase().replaceAll(/\W+/g, '-')

const Subject = ({ subject, ids }: { subject: string; ids: RuleId[] }) => (
  <section aria-labelledby={anchorOf(subject)}>
    <h2 id={anchorOf(subject)}>{subject}</h2>
    <table class="stack rules">
      <thead>
        <tr>
          <th>Severity</th>
          <th>Rule</th>
          <th>What it says</th>
        </tr>
      </thead>
      <tbody>
        {ids.map((id) => (
          <tr>
            <td>
              <Badge text={rules[id].severity} />
            </td>
            <td>
              <a class="mono" href={`/rules/${id}`}>
                {id}
              </a>
            </td>
            <td>
              {rules[id].title}
              {rules[id].excusable ? <span class="soft small"> · may be excused</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

export const RulePage = ({ id, numbers }: { id: RuleId; numbers: NamedNumber[] }) => (
  <>
    <p class="soft">
      <a href="/rules">Rules</a>
    </p>
    <h1>{rules[id].title}</h1>
    <dl class="facts">
      <dt>Rule</dt>
      <dd class="mono">{id}</dd>
      <dt>Severity</dt>
      <dd>
        <Badge text={rules[id].severity} />
      </dd>
      <dt>Why</dt>
      <dd>{rules[id].why}</dd>
      <dt>Way out</dt>
      <dd>{rules[id].fix}</dd>
    </dl>
    <Arithmetic id={id} numbers={numbers} />
    <Excuse id={id} />
    <Controls id={id} />
  </>
)

/** The sentence with the numbers of a finding, and the sentence as the rule has it. */
const Arithmetic = ({ id, numbers }: { id: RuleId; numbers: NamedNumber[] }) => {
  const parts = arithmeticOf(id, numbers)
  const formula = arithmeticOf(id, [])
  if (parts === null && numbers.length === 0) return null
  const used = parts?.some((part) => 'name' in part && part.value !== null) ?? false
  return (
    <section aria-labelledby="arithmetic">
      <h2 id="arithmetic">The arithmetic</h2>
      {parts !== null && used ? <p class="sum">{parts.map(shownPart)}</p> : null}
      {formula !== null ? (
        <p class={used ? 'soft' : 'sum'}>
          {used ? 'The rule: ' : null}
          {formula.map(shownPart)}
        </p>
      ) : null}
      {numbers.length > 0 ? (
        <Numbers numbers={numbers} />
      ) : (
        <p class="soft">A finding links here with its own numbers in their places.</p>
      )}
    </section>
  )
}

const shownPart = (part: Part): Child =>
  'text' in part ? (
    part.text
  ) : part.value === null ? (
    <var>{part.name}</var>
  ) : (
    <strong>{part.value}</strong>
  )

const Numbers = ({ numbers }: { numbers: NamedNumber[] }) => (
  <>
    <p class="soft small">The numbers of the finding that led here:</p>
    <table class="numbers">
      <thead>
        <tr>
          <th>Name</th>
          <th class="number">Number</th>
        </tr>
      </thead>
      <tbody>
        {numbers.map(({ name, value }) => (
          <tr>
            <td class="mono">{name}</td>
            <td class="number">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
)

const Excuse = ({ id }: { id: RuleId }) => (
  <section aria-labelledby="exceptions">
    <h2 id="exceptions">Exceptions</h2>
    {rules[id].excusable ? (
      <>
        <p>
          May be excused for a time, for one resource or for all of a tenant’s: by a file in the
          tenant’s repository, <code>{EXCEPTIONS_FOLDER}/&lt;name&gt;.yaml</code>, with an owner, a
          reason and a last day at most {LONGEST_TERM_DAYS} days ahead. It is asked for as a change
          and approved by somebody else; after its last day the rule blocks again.
        </p>
        <p>
          <a href="/templates/rule-exception">The template, with a request to send</a>
        </p>
      </>
    ) : (
      <p>
        {rules[id].severity === 'block'
          ? 'None: this rule holds for everybody.'
          : 'None are needed: this rule stops nothing.'}
      </p>
    )}
  </section>
)

const Controls = ({ id }: { id: RuleId }) => {
  const served = controlsServedBy(id)
  if (served.length === 0) return null
  const byPack = [...Map.groupBy(served, ({ pack }) => pack).values()]
  return (
    <section aria-labelledby="controls">
      <h2 id="controls">Controls it speaks to</h2>
      <dl class="facts">
        {byPack.map((controls) => (
          <>
            <dt>
              <a href={`/policy-packs/${controls[0]?.pack}`}>{controls[0]?.packTitle}</a>
            </dt>
            <dd>
              {controls.map(({ pack, control, title }, index) => (
                <>
                  {index > 0 ? '; ' : null}
                  <a href={`/policy-packs/${pack}#${controlAnchor(control)}`}>{control}</a> {title}
                </>
              ))}
            </dd>
          </>
        ))}
      </dl>
    </section>
  )
}

export const controlAnchor = (control: string): string =>
  control
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-|-$/g, '')
