// What an engine says about one component on one cluster, after translation from Argo CD's or Flux's own words.
import type { GitSha } from './ids.ts'

export interface StatusReport {
  cluster: string
  /** `owner/name` of the repository the engine read. */
  repository: string
  /** The leaf directory's name, `60-smom-dbis-138`. */
  component: string
  revision: GitSha
  state: 'progressing' | 'healthy' | 'degraded' | 'failed'
  message: string
  /** Objects that the engine names as not being what the commit says. Absent: it names none. */
  differs?: { what: string; how: 'out-of-sync' | 'degraded' }[]
  simulated: boolean
}
