// The form in which people report a task: a field for each property of the task's own schema, and back from the fields to
// JSON. Lists and objects are typed as JSON. What is sent is judged by the task's schema, not here.
import type { TaskView } from '../../schemas/rollout.ts'
import { Fields, type Schema } from './schema-view.tsx'

const PREFIX = 'in.'

type Field = 'text' | 'number' | 'flag' | 'fixed' | 'choice' | 'json'

const fieldOf = ({ type, enum: values, const: only }: Schema): Field => {
  if (only !== undefined) return 'fixed'
  if (values) return 'choice'
  if (type === 'boolean') return 'flag'
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'string' ? 'text' : 'json'
}

const propertiesOf = (inputs: TaskView['inputs']): [string, Schema][] =>
  Object.entries((inputs as Schema).properties ?? {})

/** `transactionHash` as people read it. */
const labelOf = (name: string): string =>
  name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/^./, (first) => first.toUpperCase())

const Input = ({
  id,
  name,
  schema,
  required,
  value,
}: {
  id: string
  name: string
  schema: Schema
  required: boolean
  /** What was typed before, if it was refused. */
  value: string
}) => {
  const common = { id, name: `${PREFIX}${name}` }
  switch (fieldOf(schema)) {
    case 'fixed':
      return <input {...common} value={JSON.stringify(schema.const)} readonly size={12} />
    case 'choice':
      return (
        <Choice {...common} {...{ required, value }} options={(schema.enum ?? []).map(String)} />
      )
    case 'flag':
      return <Choice {...common} {...{ required, value }} options={['true', 'false']} />
    case 'number':
      return <input {...common} inputmode="decimal" required={required} value={value} size={16} />
    case 'text':
      return <input {...common} required={required} value={value} autocomplete="off" size={44} />
    case 'json':
      return (
        <textarea {...common} required={required} rows={4} cols={60} placeholder="[ … ]">
          {value}
        </textarea>
      )
  }
}

/** Nothing is chosen for anybody: what is attested must have been meant. */
const Choice = ({
  options,
  value,
  ...rest
}: {
  id: string
  name: string
  required: boolean
  options: string[]
  value: string
}) => (
  <select {...rest}>
    <option value="">choose</option>
    {options.map((option) => (
      <option selected={option === value}>{option}</option>
    ))}
  </select>
)

/** `action`: where it is sent. `sent`: what was refused there. */
export const TaskForm = ({
  task,
  action,
  sent,
}: {
  task: TaskView
  action: string
  sent: URLSearchParams | null
}) => {
  const required = (task.inputs as Schema).required ?? []
  return (
    <form method="post" action={action} class="form">
      {propertiesOf(task.inputs).map(([name, schema]) => {
        const id = `${action.replaceAll(/\W+/g, '-')}-${name}`
        return (
          <p>
            <label for={id}>{labelOf(name)}</label>
            <Input
              id={id}
              name={name}
              schema={schema}
              required={required.includes(name)}
              value={sent?.get(`${PREFIX}${name}`) ?? ''}
            />
            {fieldOf(schema) === 'json' ? (
              <details class="small">
                <summary>As JSON: its fields</summary>
                <Fields schema={schema.items ?? schema} />
              </details>
            ) : null}
          </p>
        )
      })}
      <button type="submit">Report as done</button>
    </form>
  )
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What the fields say, as the task's schema names it. Text that is no number or no JSON stays text, and is refused there. */
export const readTaskForm = (
  inputs: TaskView['inputs'],
  form: URLSearchParams,
): Record<string, unknown> =>
  Object.fromEntries(
    propertiesOf(inputs).flatMap(([name, schema]) => {
      const text = form.get(`${PREFIX}${name}`)?.trim() ?? ''
      if (text === '') return []
      const plain = ['text', 'choice'].includes(fieldOf(schema))
      return [[name, plain ? text : parseJson(text)]]
    }),
  )
