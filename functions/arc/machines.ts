// Machines in Azure Arc behind the signed wire: one function for each verb of schemas/arc-machine.ts. The edge says what it wants in
// words of ours; addresses, tokens, pace and faults of Azure are known here alone. A machine is read and deleted, never made: its
// agent does that.
import * as z from 'zod'
import {
  ArcMachineId,
  type ArcMachineRemote,
  type FoundMachine,
  MACHINE_TAG,
  machineVerbs,
} from '../../schemas/arc-machine.ts'
import type { ArmPending, AzurePlace } from '../../schemas/arm.ts'
import { refusal } from '../arm/answers.ts'
import { createArm } from '../arm/client.ts'
import { listPath, resourcePath } from '../arm/paths.ts'
import { armToken } from '../arm/send.ts'
import { AzureError } from '../azure/errors.ts'
import { verbHandlers, type Work } from '../azure/verbs.ts'
import type { ArcParts } from './parts.ts'

const TYPE = 'Microsoft.HybridCompute/machines'
const CUT = 200
const ERRORS_AT_MOST = 10

/** What Azure lets a machine say of itself is not ours to trust: cut, and without what no line of text has. */
const text = z
  .string()
  .transform((said) => said.replaceAll(/\p{C}/gu, ' ').slice(0, CUT))
  .nullish()
  .catch(null)
  .transform((said) => said ?? null)
const Machine = z.looseObject({
  name: z.string().min(1).max(300),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.looseObject({
    ...{ status: text, lastStatusChange: text, agentVersion: text, machineFqdn: text },
    ...{ osName: text, osSku: text, osVersion: text },
    errorDetails: z
      .array(z.looseObject({ code: text }))
      .nullish()
      .catch(null),
  }),
})
type Machine = z.infer<typeof Machine>

const codesOf = ({ properties: { errorDetails } }: Machine): string[] =>
  (errorDetails ?? [])
    .flatMap(({ code }) => (code === null ? [] : [code.slice(0, 100)]))
    .slice(0, ERRORS_AT_MOST)

const remoteOf = (machine: Machine): ArcMachineRemote => {
  const { properties: said } = machine
  return {
    status: said.status?.slice(0, 100) ?? 'unknown',
    ...{ lastStatusChange: said.lastStatusChange, agentVersion: said.agentVersion },
    ...{ osName: said.osName, osSku: said.osSku, osVersion: said.osVersion },
    ...{ fqdn: said.machineFqdn, errors: codesOf(machine) },
  }
}

/** Azure compares names of tags without regard to case. */
const tagOf = ({ tags }: Machine): string | null => {
  const [, value] =
    Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === MACHINE_TAG) ?? []
  return ArcMachineId.safeParse(value).data ?? null
}

const foundOf = (machine: Machine): FoundMachine => ({
  ...{ name: machine.name, machine: tagOf(machine), remote: remoteOf(machine) },
})

/** An operation of another place is none of this tenant's. */
const checkPending = (place: AzurePlace, { resource }: ArmPending): void => {
  if (!resource.toLowerCase().startsWith(`${listPath(place, TYPE).toLowerCase()}/`))
    throw refusal('refused', 'pending')
}

const workOf = ({ arm: options, onboarding, lock }: ArcParts): Work<typeof machineVerbs> => {
  const arm = createArm(options)
  return {
    async mint({ place }, { owner }) {
      lock(owner, place)
      const tokens = onboarding(place)
      if (!tokens) throw refusal('absent', 'ARC_ONBOARDING')
      const { token, expiresOnTimestamp = 0 } = await armToken(tokens)
      return { token, expiresAt: new Date(expiresOnTimestamp).toISOString() }
    },
    async list({ place }, { owner }) {
      lock(owner, place)
      return { machines: (await arm.list(listPath(place, TYPE), Machine)).map(foundOf) }
    },
    async remove({ place, name, machine }, { owner }) {
      lock(owner, place)
      const path = resourcePath(place, TYPE, name)
      const found = await arm.get(path, Machine).catch((error: unknown) => {
        if (error instanceof AzureError && error.fault.fault === 'absent') return null
        throw error
      })
      if (!found) return { done: true, value: null }
      if (tagOf(found) !== machine) throw refusal('conflict', 'tags')
      return arm.delete(path)
    },
    async follow({ place, pending }, { owner }) {
      lock(owner, place)
      checkPending(place, pending)
      return arm.resume(pending, z.null())
    },
  }
}

export const machineHandlers = (make: () => ArcParts | null) =>
  verbHandlers(machineVerbs, () => {
    const parts = make()
    return parts && workOf(parts)
  })
