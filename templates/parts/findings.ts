// Findings from their rules' rows: severity and way out have one home.
import type { Cluster } from '../../schemas/place.ts'
import type { Finding } from '../../schemas/plan.ts'
import { type RuleId, rules } from '../../schemas/rules.ts'

/** `message` is public. `pointer` leads into the request body (RFC 6901). */
export const finding = (
  rule: RuleId,
  message: string,
  more: Pick<Partial<Finding>, 'pointer' | 'numbers'> = {},
): Finding => ({ rule, severity: rules[rule].severity, message, ...more, fix: rules[rule].fix })

/** VMs need a cluster whose Crossplane reaches the Proxmox sites. */
export const noProxmox = ({ proxmoxProviderConfig }: Cluster): Finding[] =>
  proxmoxProviderConfig === undefined
    ? [
        finding(
          'CLUSTER-UNKNOWN',
          'The cluster chosen manages no VMs: it names no Proxmox provider configuration.',
          { pointer: '/parameters/cluster' },
        ),
      ]
    : []
