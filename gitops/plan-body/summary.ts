// The first thing an approver reads: two sentences, then what is added, changed and destroyed.
import type { Plan } from '../../schemas/plan.ts'
import { sizeText } from '../../schemas/quantity.ts'
import { priceText } from '../price-text.ts'
import { bullets, code, counted, plain, type Room, section, table } from './markdown.ts'

const DOES = { create: 'Makes', update: 'Changes', delete: 'Removes', failover: 'Moves' } as const

/** What happens and where; then what it costs, takes away, and needs. */
export const summary = (plan: Plan): string[] => [`${whatHappens(plan)} ${whatItMeans(plan)}`, '']

const whatHappens = ({ action, name, template, totals, placement, targets }: Plan): string => {
  const hosts = new Set(placement.map(({ host }) => host)).size
  const clusters = new Set(targets.map(({ cluster }) => cluster)).size
  const machines =
    totals.vms === 0
      ? ''
      : `, ${counted(totals.vms, 'machine')} on ${counted(hosts, 'host')} (${totals.cores} cores, ${sizeText(totals.memory)} of memory, ${sizeText(totals.disk)} of disk)`
  const where =
    clusters === 0 ? ', a record in Git' : `, applied by ${counted(clusters, 'cluster')}`
  return `${DOES[action]} ${plain(template.name)} ${plain(name)}${machines}${where}.`
}

const whatItMeans = ({ cost, destroys, findings, reviewers }: Plan): string => {
  const warnings = findings.filter(({ severity }) => severity === 'warn').length
  const blocking = findings.filter(({ severity }) => severity === 'block').length
  const gone = destroys
    ? `destroys ${counted(destroys.objects.length, 'object')}, ${destroys.objects.filter(({ holdsData }) => holdsData).length} with data`
    : 'destroys nothing'
  const verdict = blocking > 0 ? `${counted(blocking, 'finding')} block it` : 'nothing blocks it'
  return `${costs(cost)}; it ${gone}; ${verdict}, ${counted(warnings, 'warning')} to read, ${counted(reviewers.needed, 'approval')} needed.`
}

const costs = ({ after, difference }: Plan['cost']): string => {
  if (after.leastMinor === null) return `Its cost is unknown (${plain(after.reason)})`
  const changed =
    difference.leastMinor === null ? '' : `, ${plain(priceText(difference))} more than now`
  return `It costs ${plain(priceText(after))} a month${changed}`
}

type Action = Plan['files'][number]['action']

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

/** `rendered/…/deployment-web.yaml` holds a deployment: the file's name says it. */
const kindOf = (path: string): string => {
  const file = path.slice(path.lastIndexOf('/') + 1)
  return file === 'kustomization.yaml' ? 'kustomization' : (file.split(/[-.]/)[0] ?? file)
}

export const destroyed = ({ destroys }: Plan, room: Room): string[] =>
  destroys === null
    ? []
    : section('What is destroyed', [
        `${counted(destroys.objects.length, 'object')}, ${destroys.objects.filter(({ holdsData }) => holdsData).length} of them hold data. Digest ${code(destroys.digest)}.`,
        '',
        ...table(
          ['Kind', 'Name', 'Holds data'],
          destroys.objects.map(({ kind, name, holdsData }) => [
            code(kind),
            code(name),
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
