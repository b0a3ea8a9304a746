// Flux configurations of a cluster: put as they stand in Git; read back with what each object came to, the commit that is applied, and
// the fields in which Azure has another than that.
import * as z from 'zod'
import {
  type clusterVerbs,
  FLUX_OBJECTS_AT_MOST,
  type FluxStatus,
  type PutFlux,
} from '../../schemas/arc.ts'
import type { AzurePlace } from '../../schemas/arm.ts'
import type { Arm } from '../arm/client.ts'
import { extensionPath } from '../arm/paths.ts'
import type { Work } from '../azure/verbs.ts'
import type { ArcParts } from './parts.ts'
import { clusterPath, orNull, text } from './said.ts'

const TYPE = 'Microsoft.KubernetesConfiguration/fluxConfigurations'
const DIFFERS_AT_MOST = 50

const pathOf = (asked: {
  place: AzurePlace
  kind: 'connected' | 'managed'
  name: string
  configuration: string
}): string =>
  extensionPath(clusterPath(asked.place, asked.kind, asked.name), TYPE, asked.configuration)

const Condition = z.looseObject({ type: text(100), status: text(100), message: text(500) })
const Status = z.looseObject({
  ...{ name: text(300), namespace: text(300), kind: text(100), complianceState: text(100) },
  appliedBy: z.looseObject({ name: text() }).nullish().catch(null),
  statusConditions: z.array(Condition).nullish().catch(null),
})
const Configuration = z.looseObject({
  properties: z.looseObject({
    ...{ complianceState: text(100), provisioningState: text(100), errorMessage: text(500) },
    ...{ sourceSyncedCommitId: text(500), sourceUpdatedAt: text(), statusUpdatedAt: text() },
    statuses: z.array(Status).nullish().catch(null),
  }),
})
type Configuration = z.infer<typeof Configuration>

/** `main/<sha>` of older services, `main@sha1:<sha>` of newer ones. */
const commitOf = (said: string | null): string | null =>
  /(?:\/|@sha1:)([0-9a-f]{40})$/.exec(said ?? '')?.[1] ?? null

/** Paths of what is not as it was put. What Azure adds of its own is none of it. */
const differences = (put: unknown, stands: unknown, at: string): string[] => {
  if (put === null || typeof put !== 'object') return put === stands ? [] : [at]
  // Azure leaves out what is empty.
  if ((stands ?? null) === null && Array.isArray(put) && put.length === 0) return []
  if (stands === null || typeof stands !== 'object') return [at]
  const there = stands as Record<string, unknown>
  const own = Object.entries(put as Record<string, unknown>)
  const inside = own.flatMap(([name, value]) => differences(value, there[name], `${at}/${name}`))
  // More kustomizations than were put apply more than was approved; a tag or a commit goes before the branch; lists are compared whole.
  const whole =
    at === '/kustomizations' || at === '/gitRepository/repositoryRef' || Array.isArray(put)
  const more = Object.keys(there)
    .filter((name) => !Object.hasOwn(put, name) && (there[name] ?? null) !== null)
    // It puts other values into what is applied.
    .filter((name) => whole || name === 'postBuild')
  return [...inside, ...more.map((name) => `${at}/${name}`)]
}

/** A credential beside the one that was put is another way into the repository. */
const OTHER_AUTH = ['httpsUser', 'sshKnownHosts', 'httpsCACert']

const statusOf = ({ properties }: Configuration, put: PutFlux['properties']): FluxStatus => {
  const stands = properties as Record<string, unknown>
  const source = (stands.gitRepository ?? {}) as Record<string, unknown>
  const others = OTHER_AUTH.filter((name) => source[name] !== null && source[name] !== undefined)
  const auth = source.localAuthRef ?? undefined
  const authDiffers = auth !== put.gitRepository.localAuthRef ? ['/gitRepository/localAuthRef'] : []
  const found = [
    ...differences(put, stands, '').filter((path) => !path.endsWith('/localAuthRef')),
    ...[...authDiffers, ...others.map((name) => `/gitRepository/${name}`)],
  ]
  return {
    complianceState: properties.complianceState ?? 'Unknown',
    provisioningState: properties.provisioningState ?? 'unknown',
    errorMessage: properties.errorMessage || null,
    syncedCommit: commitOf(properties.sourceSyncedCommitId) as FluxStatus['syncedCommit'],
    ...{ sourceUpdatedAt: properties.sourceUpdatedAt, statusUpdatedAt: properties.statusUpdatedAt },
    objects: (properties.statuses ?? []).slice(0, FLUX_OBJECTS_AT_MOST).map((one) => {
      const said = one.statusConditions?.find(({ type }) => type === 'Ready') ?? null
      return {
        ...{ name: one.name ?? '', namespace: one.namespace ?? '', kind: one.kind ?? '' },
        complianceState: one.complianceState ?? 'Unknown',
        ...{ appliedBy: one.appliedBy?.name ?? null, message: said?.message ?? null },
      }
    }),
    differs: found.map((path) => path.slice(0, 200)).slice(0, DIFFERS_AT_MOST),
  }
}

export const fluxWork = ({ arm, lock }: Pick<ArcParts, 'lock'> & { arm: Arm }) =>
  ({
    async putFlux(asked, { owner }) {
      lock(owner, asked.place)
      const { properties } = asked
      const put = await arm.put(pathOf(asked), { properties }, Configuration)
      return put.done ? { done: true, value: statusOf(put.value, properties) } : put
    },
    async readFlux(asked, { owner }) {
      lock(owner, asked.place)
      const found = await orNull(arm.get(pathOf(asked), Configuration))
      return { found: found && statusOf(found, asked.properties) }
    },
    async removeFlux(asked, { owner }) {
      lock(owner, asked.place)
      return arm.delete(pathOf(asked))
    },
  }) satisfies Partial<Work<typeof clusterVerbs>>
