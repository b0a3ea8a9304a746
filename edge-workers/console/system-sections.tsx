// The parts of a page that show what a system consists of: phases, totals, rows, what must be there beforehand.
import type { TemplateDetail } from '../../gitops/catalog.ts'
import { Contradictions } from './contradictions.tsx'
import { countOf, rangeText, sizeRangeText, Text } from './text.tsx'

type SystemDetail = NonNullable<TemplateDetail['system']>
type Sizes = SystemDetail['declaredTotals']

const BASIS: Record<string, string> = {
  rendered: 'rendered by a phase',
  task: 'done by people',
  external: 'provided by others',
  supply: 'hosts that carry the rest',
  guest: 'rendered by another system',
  future: 'named for later; nothing is made of it',
  optional: 'rendered when a parameter asks for it',
}

const sizesText = ({ cores, memory, disk }: Sizes = {}): string =>
  [
    cores ? `${rangeText(cores)} cores` : '',
    memory ? `${sizeRangeText(memory)} memory` : '',
    disk ? `${sizeRangeText(disk)} disk` : '',
  ]
    .filter(Boolean)
    .join(', ')

const Phases = ({ phases }: Pick<SystemDetail, 'phases'>) => (
  <section aria-labelledby="phases">
    <h2 id="phases">Phases</h2>
    <ol class="rail">
      {phases.map(({ id, title, duration, after, needs, templates, tasks }) => (
        <li>
          <h3>{title}</h3>
          <p class="small soft">
            <span class="mono">{id}</span> · {duration}
          </p>
          <ul class="plain small">
            <li>
              {after.length > 0 ? `Waits on ${after.join(', ')}` : 'Waits on nothing'}
              {needs.length > 0 ? ` and needs ${needs.join(', ')}` : ''}.
            </li>
            <li>
              {templates.length === 0
                ? 'No change: people act.'
                : templates.map((name, at) => (
                    <>
                      {at === 0 ? 'One change, of ' : ', '}
                      <a class="mono" href={`/templates/${name}`}>
                        {name}
                      </a>
                    </>
                  ))}
            </li>
          </ul>
          {tasks.length > 0 ? (
            <details>
              <summary>{countOf(tasks.length, 'task')} of people</summary>
              {tasks.map((task) => (
                <div>
                  <p>
                    <strong>{task.title}</strong> <span class="soft small">{task.owner}</span>
                  </p>
                  <ol class="small">
                    {task.steps.map((step) => (
                      <li>
                        <Text text={step} />
                      </li>
                    ))}
                  </ol>
                </div>
              ))}
            </details>
          ) : null}
        </li>
      ))}
    </ol>
  </section>
)

const Totals = ({
  declaredTotals,
  derivedTotals,
  source,
}: Pick<SystemDetail, 'declaredTotals' | 'derivedTotals' | 'source'>) => (
  <section aria-labelledby="totals">
    <h2 id="totals">Totals</h2>
    <p>
      <span class="badge">declared</span> {sizesText(declaredTotals) || 'The source prints none'}
      <span class="small soft"> · as printed in {source}; never computed</span>
    </p>
    <p>
      <span class="badge">derived</span> added up from the rows below, each basis by itself:
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Rows that are</th>
            <th class="number">Units</th>
            <th class="number">Cores</th>
            <th class="number">Memory</th>
            <th class="number">Disk</th>
          </tr>
        </thead>
        <tbody>
          {derivedTotals.map(({ basis, units, cores, memory, disk }) => (
            <tr>
              <td>{BASIS[basis] ?? basis}</td>
              <td class="number">{rangeText(units)}</td>
              <td class="number">{cores.most === 0 ? '–' : rangeText(cores)}</td>
              <td class="number">{memory.map(sizeRangeText).join(' and ') || '–'}</td>
              <td class="number">{disk.map(sizeRangeText).join(' and ') || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
)

const DERIVED = <div class="small soft">derived, not in the source</div>

const rulesText = ({ exposure, residency, backup }: SystemDetail['components'][number]): string =>
  [
    `Reached from: ${exposure}`,
    ...(residency === undefined ? [] : [`data: ${residency}`]),
    ...(backup === undefined ? [] : [`backup: ${backup}`]),
  ].join(' · ')

const Components = ({ components }: Pick<SystemDetail, 'components'>) => (
  <section aria-labelledby="components">
    <h2 id="components">Components</h2>
    <div class="scroll">
      <table class="stack">
        <thead>
          <tr>
            <th>What</th>
            <th>How many</th>
            <th>Size of each</th>
            <th>How it comes to be</th>
            <th>Source</th>
          </tr>
        </thead>
        <tbody>
          {components.map((row) => (
            <tr>
              <td>
                {row.title}
                {row.versionFloor ? (
                  <span class="small soft"> from version {row.versionFloor}</span>
                ) : null}
                {row.note ? <div class="small soft">{row.note}</div> : null}
                <div class="small soft">{rulesText(row)}</div>
              </td>
              <td>
                {rangeText(row.count)}
                {row.derived?.includes('count') ? DERIVED : null}
              </td>
              <td>
                {sizesText(row.each) || '–'}
                {row.derived?.includes('each') ? DERIVED : null}
                {row.declared ? (
                  <div class="small soft">declared for the row: {sizesText(row.declared)}</div>
                ) : null}
              </td>
              <td>
                {BASIS[row.basis] ?? row.basis}
                {row.phase ? <span class="small soft"> · phase {row.phase}</span> : null}
              </td>
              <td class="small soft">{row.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
)

const Before = ({ prerequisites, requires }: Pick<SystemDetail, 'prerequisites' | 'requires'>) => (
  <section aria-labelledby="before">
    <h2 id="before">What must be there</h2>
    <p>
      {requires.length === 0
        ? 'It stands on no other system.'
        : requires.map((name, at) => (
            <>
              {at === 0 ? 'Healthy before it is asked for: ' : ', '}
              <a class="mono" href={`/templates/${name}`}>
                {name}
              </a>
            </>
          ))}
    </p>
    {prerequisites.length > 0 ? (
      <ul>
        {prerequisites.map(({ title, owner, why, leadTimeWeeks, source }) => (
          <li>
            <strong>{title}</strong>: {owner}. <Text text={why} />
            {leadTimeWeeks ? ` It takes ${rangeText(leadTimeWeeks)} weeks.` : ''}{' '}
            <span class="small soft">{source}</span>
          </li>
        ))}
      </ul>
    ) : null}
  </section>
)

export const SystemSections = ({ system }: { system: SystemDetail }) => (
  <>
    <p>
      {countOf(system.phases.length, 'phase')}, {rangeText(system.durationWeeks)} weeks by the
      source’s own estimate.
    </p>
    <Before prerequisites={system.prerequisites} requires={system.requires} />
    <Phases phases={system.phases} />
    <Totals {...system} />
    <Contradictions findings={system.contradictions} />
    <Components components={system.components} />
  </>
)
