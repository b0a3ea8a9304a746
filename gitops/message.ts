// The words of a commit and of a pull request. The pull request's body is the plan, for the person who approves it.
// Deterministic: no time, no log position, nothing that differs between two identical runs.
import type { DestroyList, Finding, HostCapacity, Plan } from '../schemas/plan.ts'
import { sizeText } from '../schemas/quantity.ts'
import { rulePath } from './finding.ts'
import { priceText } from './price-text.ts'

/** GitHub cuts a body at 65,536 characters; the rest of a long plan is in plan.json of the same commit. */
export const BODY_LIMIT_CHARACTERS = 60_000
const ROWS_SHOWN = 60

/** Everything a Markdown reader could take for markup, made plain. */
export const plain = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]()#+!|<>~@&$]/g, (character) => `\\${character}`)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/^ *(?=[-=])|^ *[0-9]+(?=\. )/, (start) => `${start.trim()}\\`)

const code = (text: string): string => `\`${text.replace(/[`|\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\``

const table = (head: string[], rows: string[][]): string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.slice(0, ROWS_SHOWN).map((row) => `| ${row.join(' | ')} |`),
  ...(rows.length > ROWS_SHOWN
    ? [``, `… and ${rows.length - ROWS_SHOWN} more rows in ${code('plan.json')}.`]
    : []),
]

const VERB = { create: 'Create', update: 'Update', delete: 'Delete' } as const
const PHASE = {
  only: '',
  'lift-guards': ' (1 of 2: lift the guards)',
  remove: ' (remove)',
} as const

/** One line whatever comes in: a line break in a subject would start a trailer of the caller's choice. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

export const pullTitle = (plan: Plan): string =>
  oneLine(
    `${VERB[plan.action]} ${plan.template.name} ${plan.name}${plan.action === 'delete' ? PHASE[plan.phase] : ''}`,
  )

/** Subject, reason, and the trailers by which the change is found again (git-interpret-trailers). */
export const commitMessage = (
  plan: Plan,
  change: { id: string; revision: number; fingerprint: string },
): string =>
  [
    pullTitle(plan),
    '',
    `Asked for by a member of ${oneLine(plan.tenant)}. The plan is in changes/${change.id}/PLAN.md.`,
    '',
    `Phoenix-Change-Id: ${change.id}`,
    `Phoenix-Revision: ${change.revision}`,
    `Phoenix-Fingerprint: ${change.fingerprint}`,
    '',
  ].join('\n')

const SIGN = { block: '⛔ block', warn: '⚠️ warn', info: 'ℹ️ info' } as const

/** The numbers behind a sentence, where they stand in the way. */
const numbersOf = ({ severity, numbers }: Finding): string =>
  severity === 'block' && numbers
    ? ` (${Object.entries(numbers)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')})`
    : ''

const findingRows = (findings: Finding[], publicUrl: string): string[][] =>
  findings.map((found) => [
    SIGN[found.severity],
    `[${found.rule}](${publicUrl}${rulePath(found)})`,
    plain(found.message) + numbersOf(found),
    plain(found.fix),
  ])

const capacityRow = ({
  host,
  site,
  size,
  yoursBefore,
  yoursAfter,
  fits,
}: HostCapacity): string[] => [
  code(site === host ? host : `${site}/${host}`),
  `${size.cores} cores ×${size.cpuOvercommit}, ${sizeText(size.memory)} less ${sizeText(size.memoryReserve)}, ${sizeText(size.disk)}`,
  `${yoursBefore.vms} VMs, ${yoursBefore.cores} cores, ${sizeText(yoursBefore.memory)}, ${sizeText(yoursBefore.disk)}`,
  `${yoursAfter.vms} VMs, ${yoursAfter.cores} cores, ${sizeText(yoursAfter.memory)}, ${sizeText(yoursAfter.disk)}`,
  fits ? 'fits' : '**does not fit**',
]

const destroyed = (destroys: DestroyList): string[] => [
  '## What is destroyed',
  '',
  `${destroys.objects.length} objects, ${destroys.objects.filter(({ holdsData }) => holdsData).length} of them hold data. Digest ${code(destroys.digest)}.`,
  '',
  ...table(
    ['Kind', 'Name', 'Holds data'],
    destroys.objects.map(({ kind, name, holdsData }) => [
      code(kind),
      code(name),
      holdsData ? '**yes**' : 'no',
    ]),
  ),
  '',
]

/** The body of the pull request and the text of PLAN.md: the same bytes. */
export const planBody = (
  plan: Plan,
  change: { id: string; revision: number },
  publicUrl: string,
): string => {
  const record = `changes/${change.id}/plan.json`
  const head = [
    `# ${plain(pullTitle(plan))}`,
    '',
    `Tenant ${code(plan.tenant)} · change [${code(change.id)}](${publicUrl}/changes/${change.id}) · revision ${change.revision} · template ${code(`${plan.template.name} ${plan.template.version}`)}`,
    '',
    ...simulatedNote(plan),
    ...summary(plan),
    ...(plan.destroys ? destroyed(plan.destroys) : []),
    '## Findings',
    '',
    ...(plan.findings.length === 0
      ? ['None.']
      : table(['', 'Rule', 'What', 'Way out'], findingRows(plan.findings, publicUrl))),
    '',
    ...capacitySection(plan),
    ...placementSection(plan),
    ...quotaSection(plan),
    '## Order',
    '',
    ...bullets(
      plan.targets.map(
        ({ cluster, engine, path, wave }) =>
          `wave ${wave}: ${code(path)} on ${code(cluster)} (${engine === 'argocd' ? 'Argo CD' : 'Flux'})`,
      ),
    ),
    ...(plan.targets.length === 0 ? ['Nothing is applied.'] : []),
    '',
  ].join('\n')
  // What an approver must know of the approval itself is never what is cut.
  const tail = [
    '## Files',
    '',
    `${plan.files.length} files: ${count(plan, 'add')} added, ${count(plan, 'change')} changed, ${count(plan, 'remove')} removed. The whole plan is ${code(record)}.`,
    '',
    '## What an approval binds',
    '',
    `An approval counts for exactly this head, its tree, and what the plan read (${code(plan.reads)}). A push, a new revision, or a change in what was read voids it. The requester cannot approve. Merging alone applies nothing: the clusters follow ${code('live')}, which moves only after the approval has been checked again.`,
    '',
  ].join('\n')
  if (head.length + tail.length < BODY_LIMIT_CHARACTERS) return `${head}\n${tail}`
  const note = `\n\n… cut: the rest is in ${record} of this commit.\n\n`
  const room = BODY_LIMIT_CHARACTERS - tail.length - note.length
  return `${head.slice(0, head.lastIndexOf('\n', room))}${note}${tail}`
}

/** A list of as many lines as a table has rows. */
const bullets = (lines: string[]): string[] => [
  ...lines.slice(0, ROWS_SHOWN).map((line) => `- ${line}`),
  ...(lines.length > ROWS_SHOWN
    ? ['', `… and ${lines.length - ROWS_SHOWN} more in ${code('plan.json')}.`]
    : []),
]

const count = (plan: Plan, action: string): number =>
  plan.files.filter((file) => file.action === action).length

const simulatedNote = ({ simulated }: Plan): string[] =>
  simulated.length === 0 ? [] : [`> **Simulated:** ${simulated.map(plain).join('; ')}.`, '']

const summary = ({ totals, cost, destroys }: Plan): string[] => [
  ...table(
    ['Machines', 'Cores', 'Memory', 'Disk', 'Cost', 'Destroyed'],
    [
      [
        `${totals.vms}`,
        `${totals.cores}`,
        sizeText(totals.memory),
        sizeText(totals.disk),
        plain(priceText(cost.after)),
        destroys ? `${destroys.objects.length}` : 'nothing',
      ],
    ],
  ),
  '',
]

const capacitySection = ({ capacity, hostLoss }: Plan): string[] =>
  capacity.length === 0
    ? []
    : [
        '## Capacity',
        '',
        ...table(['Host', 'Size', 'Yours now', 'Yours after', ''], capacity.map(capacityRow)),
        '',
        ...(hostLoss.length === 0
          ? []
          : [
              '### With one host lost',
              '',
              ...bullets(hostLoss.map(({ text }) => plain(text))),
              '',
            ]),
      ]

const placementSection = ({ placement }: Plan): string[] =>
  placement.length === 0
    ? []
    : [
        '## Placement',
        '',
        ...table(
          ['Machine', 'Role', 'Host', 'Cores', 'Memory', 'Disk', 'VM id', 'Address'],
          placement.map((vm) => [
            code(vm.name),
            plain(vm.role),
            code(vm.host),
            `${vm.cores}`,
            `${vm.memoryMiB / 1024} GiB`,
            `${vm.diskGiB} GiB`,
            `${vm.vmId}`,
            plain(vm.address),
          ]),
        ),
        '',
      ]

const quotaSection = ({ quota }: Plan): string[] => [
  '## Quota',
  '',
  ...table(
    ['Kind', 'Limit', 'Used', 'Reserved by open changes', 'Asked', ''],
    quota.map((line) => [
      line.kind,
      `${line.limit}`,
      `${line.used}`,
      `${line.reserved}`,
      `${line.asked}`,
      line.fits ? 'fits' : '**exceeded**',
    ]),
  ),
  '',
]
