// The form of a task of the_order, and how a phase's tasks are put in a row.
import type { TheOrderParameters } from '../../../schemas/parameters/systems/the-order.ts'
import type { Task } from '../../../schemas/system.ts'

export type OrderTask = Task<TheOrderParameters>
type Steps = OrderTask['steps']

const SCOPE = 'Deployment Requirements Scope, section 5'

export const OWNERS = {
  platform: 'the platform operator',
  identity: 'the Entra administrator',
  data: 'the database administrator',
  release: 'the release engineer',
  operations: 'the operations team',
  tester: 'the test team',
} as const

export interface TaskRow {
  id: string
  title: string
  owner: keyof typeof OWNERS
  inputs: OrderTask['inputs']
  steps: Steps
  after?: string[]
}

/** Tasks of one phase: all of them before its change, or all after it. */
export const tasksOf = (phase: number, when: OrderTask['when'], rows: TaskRow[]): OrderTask[] =>
  rows.map(({ owner, after = [], ...row }) => ({
    ...row,
    owner: OWNERS[owner],
    when,
    after,
    source: `${SCOPE}, deployment phase ${phase}`,
  }))
