// Policy packs as pages: which rules speak to which control of a law or a standard, and what is not covered.
import type { PolicyPack } from '../../schemas/policy-packs/pack.ts'
import { controlView, PACK_NOTE, policyPacks } from '../../schemas/policy-packs/packs.ts'
import { Badge } from './badge.tsx'
import { controlAnchor } from './rule-page.tsx'

export const PacksPage = () => (
  <>
    <h1>Policy packs</h1>
    <p>{PACK_NOTE}</p>
    <ul class="tiles">
      {policyPacks.map(({ name, title, edition, controls }) => (
        <li class="card">
          <h3>
            <a href={`/policy-packs/${name}`}>{title}</a>
          </h3>
          <p class="soft small">{edition}</p>
          <p class="small">
            {controls.length} controls · <a href={`/evidence/${name}`}>your evidence</a>
          </p>
        </li>
      ))}
    </ul>
  </>
)

export const PackPage = ({ pack }: { pack: PolicyPack }) => (
  <>
    <p class="soft">
      <a href="/policy-packs">Policy packs</a>
    </p>
    <h1>{pack.title}</h1>
    <p class="soft">{pack.edition}</p>
    <p class="note">{PACK_NOTE}</p>
    <p>
      <a class="button quiet" href={`/evidence/${pack.name}`}>
        Evidence of your tenant
      </a>
    </p>
    {pack.controls.map(controlView).map((control) => (
      <section class="operation" aria-labelledby={controlAnchor(control.id)}>
        <h3 id={controlAnchor(control.id)}>
          <span class="mono">{control.id}</span> {control.title}
        </h3>
        <dl class="facts">
          <ControlFacts control={control} />
        </dl>
      </section>
    ))}
  </>
)

interface ShownControl {
  reading: string
  rules: readonly { id: string; severity: string; title: string }[]
  has: readonly string[]
  lacks: string
}

/** For a list of facts: what is the same in a pack and in its evidence. */
export const ControlFacts = ({ control }: { control: ShownControl }) => (
  <>
    <dt>Reading</dt>
    <dd>
      {control.reading === 'direct' ? 'What it asks for is what is checked' : 'An interpretation'}
    </dd>
    <dt>What Phoenix has</dt>
    <dd>{control.has.join(' ')}</dd>
    <dt>Not covered</dt>
    <dd>{control.lacks}</dd>
    <dt>Rules</dt>
    <dd>
      {control.rules.length === 0
        ? 'None: the records themselves are the evidence.'
        : control.rules.map(({ id, severity }) => (
            <span class="rule">
              <a class="mono" href={`/rules/${id}`}>
                {id}
              </a>{' '}
              <Badge text={severity} />
            </span>
          ))}
    </dd>
  </>
)
