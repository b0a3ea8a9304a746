// What every template of records has in common: no cluster, no machines, no manifests. Give it the rest.
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
})
