// Systems and their rollouts.
import type { RuleTable } from '../rule.ts'

export const systemsRules = {
  'SYSTEM-UNKNOWN': [
    'block',
    'No such system',
    'A rollout follows the phases of a system that the catalogue has.',
    'List /v1/templates and name a system.',
  ],
  'SYSTEM-UNIQUE': [
    'block',
    'The system is already being rolled out, or stands',
    'Two rollouts of one system would make the same things twice.',
    'Follow the rollout there is. Abort one that is not done; resume one that is done to have again what was deleted.',
  ],
  'SYSTEM-PREREQUISITE': [
    'block',
    'A system that this one stands on is missing or not healthy',
    'Its machines, clusters or services would have nothing to run on.',
    'Roll out the system named and wait until it is done, then ask again.',
  ],
  'SYSTEM-GUESTS': [
    'warn',
    'The guests of this system will not fit beside it',
    'Its source counts machines with it that another system asks for later, on the same hosts.',
    'Have an operator add hosts before that system is asked for.',
    {
      arithmetic:
        'cores {coresAsked} of {coresSupplied}; memory {memoryAskedGiB} of {memorySuppliedGiB} GiB; disk {diskAskedGiB} of {diskSuppliedGiB} GiB; in it for guests {guestMachines} machines, {guestCores} cores, {guestMemoryGiB} GiB of memory, {guestDiskGiB} GiB of disk',
    },
  ],
  'SYSTEM-PLACEHOLDER': [
    'warn',
    'Parameters still have made-up values',
    'Names under .example, ids of zeros and the like lead nowhere: what is rendered with them works on a laptop only.',
    'Give the parameters named values of your own.',
  ],
  'ROLLOUT-ONLY': [
    'block',
    'A phase is opened by its rollout',
    'Outside its rollout a phase would come before what it stands on.',
    'POST /v1/tenants/{tenant}/rollouts with the system.',
  ],
  'TASK-ORDER': [
    'block',
    'A task that comes first is not done',
    'What is reported must be in the order in which it can have happened.',
    'See `waitsOn` of the phase: what it waits on comes first.',
  ],
  'ORDER-CYCLE': [
    'block',
    'Things wait on each other in a circle',
    'None of them could ever begin.',
    'Take one of the dependencies named away.',
    { arithmetic: 'The circle has {length} steps; an order has none.' },
  ],
} as const satisfies RuleTable
