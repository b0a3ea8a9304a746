// What every template of records has in common: no cluster, no machines, no manifests. Give it the rest.
import { isDeviceName } from '../../schemas/ids.ts'
import { EMPTY_DEMAND, type Records, type Template } from '../../schemas/template.ts'

type Own = 'name' | 'version' | 'title' | 'description' | 'kind' | 'parameters' | 'examples'
type Optional = 'findings' | 'rules' | 'unfit'

export const recordTemplate = <P>(
  own: Pick<Template<P>, Own> & Partial<Pick<Template<P>, Optional>> & { records: Records<P> },
): Template<P> & { records: Records<P> } => ({
  renders: [],
  cluster: () => undefined,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: () => [],
  ...own,
  // A record's file is called as the record is.
  unfit: (name, parameters) => [
    ...(isDeviceName(name)
      ? [{ pointer: '/name', detail: 'Some systems cannot hold a file of this name.' }]
      : []),
    ...(own.unfit?.(name, parameters) ?? []),
  ],
})
