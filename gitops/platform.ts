// Who may change what is everybody's ground: the platform's own tenant keeps it, and keeps nothing else. Pure.
import { ordered } from '../schemas/canonical-json.ts'
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { Finding } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './finding.ts'

export const judgePlatform = (
  { records }: Pick<Template, 'records'>,
  { tenant, placeFindings }: Pick<Snapshot, 'tenant' | 'placeFindings'>,
): Finding[] => {
  const isPlatform = tenant.slug === PLATFORM_SLUG
  if (isPlatform && !records) {
    return [
      finding('PLATFORM-RECORDS', 'The operators’ own tenant keeps records only.', {
        pointer: '/template',
      }),
    ]
  }
  // They are gathered elsewhere, and a plan's bytes may not hang on how.
  return ordered(placeFindings)
}
