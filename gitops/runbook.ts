// The runbook of a system: what people do, phase by phase, in Markdown. Deterministic; a task that is done is ticked.
import type { System } from '../schemas/system.ts'
import { taskKey } from './rollout.ts'

export const runbook = (
  system: System,
  { name, parameters }: { name: string; parameters: unknown },
  done: ReadonlySet<string>,
): string => {
  const prerequisites = system.prerequisites.map(
    ({ id, title, owner, why, leadTimeWeeks }) =>
      `- [${done.has(id) ? 'x' : ' '}] **${title}** (${id}) — ${owner}. ${why}${
        leadTimeWeeks ? ` Order early: ${weeks(leadTimeWeeks)}.` : ''
      }`,
  )
  const phases = system.phases
    .filter(({ tasks }) => tasks.length > 0)
    .flatMap((phase) => [
      `## ${phase.title}`,
      '',
      ...phase.tasks.flatMap((task) => [
        `### [${done.has(taskKey(phase.id, task.id)) ? 'x' : ' '}] ${task.title}`,
        '',
        `Who: ${task.owner}. Report as \`${taskKey(phase.id, task.id)}\`${
          task.after.length > 0 ? `, after ${task.after.map((id) => `\`${id}\``).join(', ')}` : ''
        }. Source: ${task.source}.`,
        '',
        ...task.steps({ name, parameters }).map((step, index) => `${index + 1}. ${step}`),
        '',
      ]),
    ])
  return [
    `# Runbook of ${name} (${system.name} ${system.version})`,
    '',
    'What no change can do: people do it and report it.',
    '',
    ...(prerequisites.length > 0 ? ['## Prerequisites', '', ...prerequisites, ''] : []),
    ...phases,
  ].join('\n')
}

const weeks = ({ least, most }: { least: number; most: number | null }): string =>
  most === null ? `${least} weeks or more` : `${least} to ${most} weeks`
