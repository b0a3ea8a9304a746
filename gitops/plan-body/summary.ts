// The first thing an approver reads: two sentences, then what is added, changed and destroyed.
import type { Plan } from '../../schemas/plan.ts'
import { sizeText } from '../../schemas/quantity.ts'
import { TENANT_DELETION } from '../../schemas/tenant-deletion.ts'
import { counted } from '../counted.ts'
import { differenceText, rangeText } from '../price-text.ts'
import { bullets, code, plain, type Room, section, table } from './markdown.ts'

const DOES = { create: 'Makes', update: 'Changes', delete: 'Removes', failover: 'Moves' } as const

/** What happens and where; then what it costs, takes away, and needs. */
export const summary = (plan: Plan): string[] => [`${whatHappens(plan)} ${whatItMeans(plan)}`, '']

const whatHappens = (plan: Plan): string => {
  const { action, name, template, move, totals, placement, targets } = plan
  const way = move ? ` from ${plain(move.from)} to ${plain(move.to)}` : ''
  const hosts = new Set(placement.map(({ host }) => host)).size
  const clusters = new Set(targets.map(({ cluster }) => cluster)).size
  const machines =
    totals.vms === 0
      ? ''
      : `, ${counted(totals.vms, 'machine')} on ${counted(hosts, 'host')} (${counted(totals.cores, 'core')}, ${sizeText(totals.memory)} of memory, ${sizeText(totals.disk)} of disk)`
  const where =
    clusters === 0 ? ', a record in Git' : `, applied by ${counted(clusters, 'cluster')}`
  const subject =
    template.name === TENANT_DELETION
      ? `what stands of the tenant ${plain(plan.tenant)}`
      : `${plain(template.name)} ${plain(name)}`
  return `${DOES[action]} ${subject}${way}${machines}${where}.`
}

const whatItMeans = ({ cost, phase, destroys, findings, reviewers }: Plan): string => {
  const warnings = findings.filter(({ severity }) => severity === 'warn').length
  const blocking = findings.filter(({ severity }) => severity === 'block').length
  const gone = destroys
    ? `${phase === 'lift-guards' ? 'prepares to destroy' : 'destroys'} ${counted(destroys.objects.length, 'object')}, ${destroys.objects.filter(({ holdsData }) => holdsData).length} with data${replacedText(destroys)}`
    : 'destroys nothing'
  const verdict = blocking > 0 ? `${counted(blocking, 'finding')} block it` : 'nothing blocks it'
  return `${costs(cost)}; it ${gone}; ${verdict}, ${counted(warnings, 'warning')} to read, ${counted(reviewers.needed, 'approval')} needed.`
}

/** The file of what is replaced is among the changed ones. */
const replacedText = ({ objects }: NonNullable<Plan['destroys']>): string => {
  const replaced = objects.filter((object) => object.replaced).length
  return replaced === 0 ? '' : ` (${replaced} replaced by one of the same name)`
}

const costs = ({ now, after, difference }: Plan['cost']): string => {
  if (after.leastMinor === null) return `Its cost is unknown (${plain(after.reason)})`
  const open = after.unpriced.length
  const parts = open === 0 ? '' : ` and ${counted(open, 'part')} without a price`
  const priced = difference.leastMinor === null ? difference : { ...difference, unpriced: [] }
  const isNew = now.leastMinor === 0 && now.mostMinor === 0 && (after.mostMinor ?? 0) > 0
  const compared = isNew ? 'all of it new' : differenceText(priced)
  return `It costs ${plain(rangeText(after))} a month${parts}, ${plain(compared)}`
}

type Action = Plan['files'][number]['action']

/** What the request gives or changes: of a record this is the whole change. */
export const askedSection = ({ asked = [] }: Plan, room: Room): string[] =>
  section(
    'What was asked',
    asked.length === 0
      ? []
      : table(
          ['Parameter', 'Now', 'After'],
          asked.map(({ parameter, before, after }) => [
            code(parameter === '' ? '/' : parameter),
            before === null ? '' : plain(before),
            after === null ? '*removed*' : plain(after),
          ]),
          room,
        ),
  )

/** Objects by kind; files that hold no object (kustomizations) are counted as what they are. */
export const changes = ({ files }: Plan, room: Room): string[] => {
  const kinds = new Map<string, Record<Action, number>>()
  for (const { path, action } of files) {
    const kind = kindOf(path)
    const row = kinds.get(kind) ?? { add: 0, change: 0, remove: 0 }
    kinds.set(kind, { ...row, [action]: row[action] + 1 })
  }
  const rows = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))
  const total = (action: Action) => files.filter((file) => file.action === action).length
  return section('What changes', [
    ...table(
      ['Files by kind', 'Added', 'Changed', 'Removed'],
      [
        ['**all**', `${total('add')}`, `${total('change')}`, `${total('remove')}`],
        ...rows.map(([kind, { add, change, remove }]) => [
          code(kind),
          `${add}`,
          `${change}`,
          `${remove}`,
        ]),
      ],
      room,
    ),
  ])
}

/** `rendered/…/deployment-web.yaml` holds a deployment: the file's name says it. A record is called by its folder. */
const kindOf = (path: string): string => {
  if (!/^(?:rendered|clusters)\//.test(path)) return `record in ${path.split('/')[0] ?? ''}`
  const file = path.slice(path.lastIndexOf('/') + 1)
  return file === 'kustomization.yaml' ? 'kustomization' : (file.split(/[-.]/)[0] ?? file)
}

export const destroyed = ({ destroys, phase }: Plan, room: Room): string[] =>
  destroys === null
    ? []
    : section(phase === 'lift-guards' ? 'What the second half destroys' : 'What is destroyed', [
        `${counted(destroys.objects.length, 'object')}, ${destroys.objects.filter(({ holdsData }) => holdsData).length} of them hold data. Digest ${code(destroys.digest)}.`,
        '',
        ...table(
          ['Kind', 'Name', 'Holds data'],
          destroys.objects.map(({ kind, name, holdsData, replaced }) => [
            code(kind),
            replaced ? `${code(name)}, replaced: its file is changed` : code(name),
            holdsData ? '**yes**' : 'no',
          ]),
          room,
        ),
      ])

export const simulatedNote = ({ simulated }: Plan, room: Room): string[] =>
  simulated.length === 0
    ? []
    : simulated.length <= 6
      ? [`> **Simulated:** ${simulated.map(plain).join('; ')}.`, '']
      : ['> **Simulated** in this plan:', '', ...bullets(simulated.map(plain), room), '']
