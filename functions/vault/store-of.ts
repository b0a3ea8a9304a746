// The work behind a table of verbs as a port: for one owner, with what Azure would not do as an answer.
import type { Ask, Verbs } from '../../schemas/azure.ts'
import { AzureError } from '../azure/errors.ts'
import type { Asker, Work } from '../azure/verbs.ts'

type Bare<Table extends Verbs> = {
  [Verb in keyof Table]: (input: never, who: Asker, context: never) => Promise<unknown>
} & Work<Table>

/** Input and output are of the table's shape, or it throws. */
export const storeOf = <Table extends Verbs>(
  table: Table,
  work: Work<Table>,
  owner: string,
): Ask<Table> => {
  const bare = work as Bare<Table>
  return async (verb, operation, input) => {
    const { input: takes, output: gives } = table[verb] as Verbs[string]
    try {
      const asked = takes.parse(input) as never
      const value = await bare[verb](asked, { owner, operation }, undefined as never)
      return { ok: true, value: gives.parse(value) as never }
    } catch (error) {
      if (error instanceof AzureError) return { ok: false, fault: error.fault }
      throw error
    }
  }
}
