// One operation of a tenant's actor: which action of the authorisation table it is, and what it does.
import type { Action, Principal } from '../../../schemas/principal.ts'
import type { Result } from '../../../schemas/result.ts'
import type { TenantContext } from './context.ts'

export interface Operation<Input, Output> {
  /** Asked at the door, before anything is said. */
  action: Action
  run: (
    context: TenantContext,
    who: Principal,
    input: Input,
  ) => Result<Output> | Promise<Result<Output>>
}

export type OperationRows<Rows> = {
  [Name in keyof Rows]: Rows[Name] extends { input: infer Input; output: infer Output }
    ? Operation<Input, Output>
    : never
}
