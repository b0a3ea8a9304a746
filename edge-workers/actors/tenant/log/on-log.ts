// A call of the platform's log from a tenant's actor: what goes wrong there is an outage, which passes.
import { Outage } from '../../../../schemas/result.ts'

export const onLog = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new Outage('log', 'does not answer', 2, error)
  }
}
