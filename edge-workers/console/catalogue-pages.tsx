// The catalogue's pages: what can be asked for, and everything about one template or system. No script, nothing decided.
import type { ExampleRequest, TemplateDetail, TemplateSummary } from '../../gitops/catalog.ts'
import { priceText, quantityText } from '../../gitops/price-text.ts'
import { Fields, type Schema } from './schema-view.tsx'
import { SystemSections } from './system-sections.tsx'
import { countOf } from './text.tsx'

const Entries = ({ templates }: { templates: TemplateSummary[] }) => (
  <ul class="tiles">
    {templates.map(({ name, title, description, version }) => (
      <li class="card">
        <h3>
          <a href={`/templates/${name}`}>{title}</a>
        </h3>
        <p class="small">{description}</p>
        <p class="small soft">
          <span class="mono">{name}</span> {version}
        </p>
      </li>
    ))}
  </ul>
)

export const TemplatesPage = ({ templates }: { templates: TemplateSummary[] }) => {
  const isSystem = ({ kind }: TemplateSummary) => kind === 'system'
  return (
    <>
      <h1>What you can ask for</h1>
      <p>
        A template makes one change; a system is rolled out in phases, each of them a change. The
        same list as JSON: <code>GET /v1/templates</code>.
      </p>
      <h2>Systems</h2>
      <Entries templates={templates.filter(isSystem)} />
      <h2>Templates</h2>
      <Entries templates={templates.filter((template) => !isSystem(template))} />
    </>
  )
}

/** In single quotes for a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const curlOf = ({ method, path, headers, body }: ExampleRequest, origin: string): string =>
  [
    `curl -s -X ${method} ${quoted(`${origin}${path}`)}`,
    `-H "Authorization: Bearer $TOKEN"`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ')

const Example = ({
  example: { title, request },
  origin,
}: {
  example: TemplateDetail['examples'][number]
  origin: string
}) => (
  <section class="operation">
    <h3>{title}</h3>
    <p>
      <span class="verb">{request.method}</span> <span class="mono">{request.path}</span>
      {Object.entries(request.headers).map(([name, value]) => (
        <span class="small soft mono block">
          {name}: {value}
        </span>
      ))}
    </p>
    <pre>{JSON.stringify(request.body, null, 2)}</pre>
    <details>
      <summary>As a command</summary>
      <pre>{curlOf(request, origin)}</pre>
    </details>
  </section>
)

const Rendered = ({ rendered: { madeUp, files, more } }: Pick<TemplateDetail, 'rendered'>) => (
  <section aria-labelledby="rendered">
    <h2 id="rendered">What it renders</h2>
    <p class="note warn">
      <strong>Made up:</strong> {madeUp}
    </p>
    {files.map(({ path, content }, at) => (
      <details open={at === 0}>
        <summary class="mono">{path}</summary>
        <pre>{content}</pre>
      </details>
    ))}
    {more > 0 ? <p class="soft">And {countOf(more, 'more file')}.</p> : null}
  </section>
)

const Rules = ({ rules }: Pick<TemplateDetail, 'rules'>) => (
  <section aria-labelledby="rules">
    <h2 id="rules">Rules of its own</h2>
    <p>
      {rules.length === 0 ? 'None. ' : 'What it can find in a request that nothing else would. '}
      Every plan is held against <a href="/rules">the others</a> too.
    </p>
    {rules.length > 0 ? (
      <ul class="plain">
        {rules.map(({ id, severity, title }) => (
          <li>
            <span class={`badge ${severity === 'info' ? '' : severity}`}>{severity}</span>{' '}
            <a class="mono" href={`/rules/${id}`}>
              {id}
            </a>{' '}
            {title}
          </li>
        ))}
      </ul>
    ) : null}
  </section>
)

const Prices = ({ prices }: Pick<TemplateDetail, 'prices'>) => (
  <section aria-labelledby="prices">
    <h2 id="prices">Priced by</h2>
    {prices.total === null ? (
      <p>No line of its own: it needs nothing that has a price.</p>
    ) : (
      <>
        <p>
          The first example, a month of 730 hours: {priceText(prices.total)}, by the{' '}
          <a href="/price-book">price book</a> <span class="mono">{prices.book}</span> of{' '}
          {prices.date}. {prices.standIn ? 'Stand-in data: an estimate, no offer.' : ''}
        </p>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>What</th>
                <th class="spaced">In the first example</th>
                <th class="spaced">Price</th>
              </tr>
            </thead>
            <tbody>
              {prices.lines.map(({ what, price, ...line }) => (
                <tr>
                  <td>{what}</td>
                  <td class="spaced">{quantityText(line)}</td>
                  <td class="spaced">{priceText(price)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </>
    )}
  </section>
)

const Form = ({ parameters, defaults }: Pick<TemplateDetail, 'parameters' | 'defaults'>) => (
  <section aria-labelledby="parameters">
    <h2 id="parameters">Parameters</h2>
    <Fields schema={parameters as Schema} />
    {Object.keys(defaults).length > 0 ? (
      <details open>
        <summary>Defaults</summary>
        <pre>{JSON.stringify(defaults, null, 2)}</pre>
      </details>
    ) : null}
    <details>
      <summary>JSON Schema</summary>
      <pre>{JSON.stringify(parameters, null, 2)}</pre>
    </details>
  </section>
)

const REACH: Record<TemplateDetail['clusterWide'], string> = {
  never: 'The tenant’s own namespace.',
  always: 'The whole cluster: only its owner may ask for it.',
  'by parameters': 'With some parameters the whole cluster: then only its owner may ask for it.',
}

const Facts = ({ template }: { template: TemplateDetail }) => (
  <dl class="facts">
    <dt>Name</dt>
    <dd class="mono">{template.name}</dd>
    <dt>{template.versions.length > 1 ? 'Versions' : 'Version'}</dt>
    <dd>{template.versions.join(', ')}</dd>
    <dt>Reach</dt>
    <dd>{REACH[template.clusterWide]}</dd>
    <dt>Renders</dt>
    <dd>{template.renders.length === 0 ? 'a record in Git' : template.renders.join(', ')}</dd>
  </dl>
)

export const TemplatePage = ({
  template,
  origin,
}: {
  template: TemplateDetail
  /** Of this installation, for commands. */
  origin: string
}) => (
  <>
    <p class="small">
      <a href="/templates">Templates</a>
    </p>
    <h1>{template.title}</h1>
    <p>{template.description}</p>
    <Facts template={template} />
    {template.system ? <SystemSections system={template.system} /> : null}
    <section aria-labelledby="ask">
      <h2 id="ask">Ask for it</h2>
      <p>
        Ready to send with your token; <code>?validateOnly=true</code> shows the plan and asks for
        nothing. Another request needs another <code>Idempotency-Key</code>.
      </p>
      {template.examples.map((example) => (
        <Example example={example} origin={origin} />
      ))}
    </section>
    <Form parameters={template.parameters} defaults={template.defaults} />
    <Rendered rendered={template.rendered} />
    <Rules rules={template.rules} />
    <Prices prices={template.prices} />
  </>
)
