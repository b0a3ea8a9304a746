// Of one resource: what Flux in Azure says of its objects, on each cluster where Azure does GitOps.
import type { FluxConfigurationView, FluxObject } from '../../../schemas/arc.ts'
import type { Entered } from '../../auth/door.ts'
import { Table } from '../table.tsx'

export interface ObjectInArc extends FluxObject {
  configuration: string
  cluster: string
}

/** Objects carry the name of their resource, alone or in front of more words. */
const isOf = (resource: string, { name }: FluxObject): boolean =>
  name === resource || name.startsWith(`${resource}-`)

export const objectsOf = (
  resource: string,
  configurations: FluxConfigurationView[],
): ObjectInArc[] =>
  configurations.flatMap(({ name, arcCluster, status, state }) =>
    state === 'removed'
      ? []
      : (status?.objects ?? [])
          .filter((object) => isOf(resource, object))
          .map((object) => ({ ...object, configuration: name, cluster: arcCluster })),
  )

/** Empty for whoever may not see it. */
export const objectsInArc = async (
  { tenant, caller }: Entered,
  resource: string,
): Promise<ObjectInArc[]> => {
  const listed = await tenant.call(caller, 'flux.list', { cluster: null })
  return listed.ok ? objectsOf(resource, listed.value.items) : []
}

export const ObjectsInArc = ({ tenant, objects }: { tenant: string; objects: ObjectInArc[] }) =>
  objects.length === 0 ? null : (
    <>
      <h2>Its objects, as Azure says</h2>
      <Table heads={['Object', 'Compliance', 'What it says', 'By']} stack>
        {objects.map((one) => (
          <tr>
            <td class="mono small">
              {one.kind} {one.namespace}/{one.name}
            </td>
            <td>{one.complianceState}</td>
            <td class="small">{one.message ?? '–'}</td>
            <td class="small">
              <a href={`/t/${tenant}/arc/clusters/${one.cluster}`}>{one.configuration}</a>
            </td>
          </tr>
        ))}
      </Table>
    </>
  )
