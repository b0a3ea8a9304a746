// NET-DEFAULT-DENY and BASE-QUOTA: the fence of the tenant's namespace, on the base that is rendered or, where another
// change of the tenant made it, on the files that stand.
import { leafDirectory } from '../paths.ts'
import type { PolicyContext } from './context.ts'
import {
  at,
  type Fields,
  type FileHit,
  fieldsOf,
  type Hit,
  listOf,
  type RenderedObject,
} from './walk.ts'

const baseDirectory = ({ cluster }: PolicyContext): string =>
  leafDirectory(cluster.name, 10, 'tenant')

/** Files of tenant-base, in every version of it. */
const FENCE = ['networkpolicy-default-deny.yaml', 'networkpolicy-allow-dns.yaml']
const LIMITS = ['resourcequota-tenant-quota.yaml', 'limitrange-container-defaults.yaml']

export const fence = (objects: readonly RenderedObject[], context: PolicyContext): FileHit[] => {
  const file = `${baseDirectory(context)}/kustomization.yaml`
  const hit = (rule: Hit['rule'], message: string): FileHit => ({
    ...{ rule, message, file, pointer: '/resources' },
  })
  if (context.rendersBase) {
    const { denied, named, quota, defaults } = whatStands(objects, context)
    return [
      ...(denied ? [] : [hit('NET-DEFAULT-DENY', 'The namespace does not deny by default.')]),
      ...(named ? [] : [hit('NET-DEFAULT-DENY', 'Nothing in the namespace may resolve names.')]),
      ...(quota ? [] : [hit('BASE-QUOTA', 'The namespace has no quota of CPU, memory and pods.')]),
      ...(defaults
        ? []
        : [hit('BASE-QUOTA', 'Containers of the namespace have no default limits.')]),
    ]
  }
  if (!context.baseStands) return []
  const taken = new Set(context.takenPaths)
  const lacks = (names: string[]) =>
    names.some((name) => !taken.has(`${baseDirectory(context)}/${name}`))
  return [
    ...(lacks(FENCE) ? [hit('NET-DEFAULT-DENY', 'The base that stands has no fence.')] : []),
    ...(lacks(LIMITS)
      ? [hit('BASE-QUOTA', 'The base that stands has no quota or no limits.')]
      : []),
  ]
}

const whatStands = (objects: readonly RenderedObject[], { tenant }: PolicyContext) => {
  const own = objects
    .map(({ manifest }) => manifest)
    .filter(({ metadata }) => metadata.namespace === tenant)
  const specs = (kind: string): Fields[] =>
    own.filter((manifest) => manifest.kind === kind).map(({ spec }) => fieldsOf(spec))
  const policies = specs('NetworkPolicy').filter((spec) => ofEveryPod(spec))
  return {
    denied: ['Ingress', 'Egress'].every((way) => policies.some((spec) => denies(spec, way))),
    named: policies.some(allowsNames),
    quota: specs('ResourceQuota').some(({ hard }) =>
      ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory', 'pods'].every(
        (amount) => at(hard, amount) !== undefined,
      ),
    ),
    defaults: specs('LimitRange').some(({ limits }) =>
      listOf(limits).some(
        (limit) =>
          limit.type === 'Container' &&
          at(limit.default, 'cpu') !== undefined &&
          at(limit.default, 'memory') !== undefined,
      ),
    ),
  }
}

/** An empty selector means every pod; one with anything in it leaves some out. */
const ofEveryPod = ({ podSelector }: Fields): boolean =>
  podSelector !== undefined && Object.keys(fieldsOf(podSelector)).length === 0

const typesOf = ({ policyTypes }: Fields): unknown[] =>
  Array.isArray(policyTypes) ? policyTypes : []
const rulesOf = (spec: Fields, way: string): Fields[] => listOf(spec[way.toLowerCase()])

const denies = (spec: Fields, way: string): boolean =>
  typesOf(spec).includes(way) && rulesOf(spec, way).length === 0

const allowsNames = (spec: Fields): boolean =>
  rulesOf(spec, 'Egress').some(({ ports }) =>
    ['UDP', 'TCP'].every((protocol) =>
      listOf(ports).some((one) => one.port === 53 && one.protocol === protocol),
    ),
  )

/** A rule that names neither peers nor ports lets everything through, and policies add up: it takes the fence down. */
export const opensFence = (manifest: { kind: string; spec?: unknown }): Hit[] => {
  if (manifest.kind !== 'NetworkPolicy') return []
  const spec = fieldsOf(manifest.spec)
  if (!ofEveryPod(spec)) return []
  return [['Ingress', 'from'] as const, ['Egress', 'to'] as const].flatMap(([way, peers]) =>
    rulesOf(spec, way).flatMap((rule, index): Hit[] =>
      listOf(rule[peers]).length === 0 && listOf(rule.ports).length === 0
        ? [
            {
              rule: 'NET-DEFAULT-DENY',
              pointer: `/spec/${way.toLowerCase()}/${index}`,
              message: 'A policy lets every pod talk to everybody.',
            },
          ]
        : [],
    ),
  )
}
