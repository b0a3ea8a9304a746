// The part of a tenant's settings that ends it: what would go, the confirmation, and the way back.

import { counted } from '../../gitops/counted.ts'
import type { TenantView } from '../../schemas/tenant.ts'
import type { DeletionView } from '../../schemas/tenant-deletion.ts'
import { Refused } from './refused.tsx'
import { Table } from './table.tsx'

export interface DangerZoneProps {
  tenant: TenantView
  mayDelete: boolean
  /** Null until somebody asks for it. */
  deletion: DeletionView | null
  /** Why what was asked for here was not done. */
  refusedHere: string | null
  version: number
}

const Restore = ({ tenant, why }: { tenant: TenantView; why: string }) => (
  <form method="post" action={`/t/${tenant.slug}/settings/restore#danger`} class="form">
    <p>{why}</p>
    <button type="submit">Restore {tenant.slug}</button>
  </form>
)

const WHAT = { 'lift-guards': 'lifts the guards of', remove: 'removes' } as const

const Preview = ({ tenant, deletion, version }: DangerZoneProps & { deletion: DeletionView }) => {
  const { destroys, steps, machines, stays, graceDays } = deletion
  const withData = destroys.objects.filter(({ holdsData }) => holdsData).length
  return (
    <>
      <p>
        <strong>
          {counted(destroys.objects.length, 'object')} go{destroys.objects.length === 1 ? 'es' : ''}
          , {withData} of them with data
        </strong>
        , {counted(machines.length, 'machine')} among them.{' '}
        {steps.length === 0
          ? 'Nothing stands: no pull request is needed.'
          : `It takes ${counted(steps.length, 'pull request')}, each approved by somebody else.`}{' '}
        After that it can be restored, empty, for {graceDays} days; then everything personal is
        erased.
      </p>
      <ol>
        {steps.map(({ what, resources }) => (
          <li>
            {WHAT[what]} {resources.join(', ')}
          </li>
        ))}
      </ol>
      <ul>
        {stays.map((one) => (
          <li>{one}</li>
        ))}
      </ul>
      {destroys.objects.length === 0 ? null : (
        <Table heads={['Kind', 'Name', 'Cluster', 'Holds data']} stack>
          {destroys.objects.map(({ kind, name, cluster, holdsData }) => (
            <tr>
              <td>{kind}</td>
              <td class="mono">{name}</td>
              <td>{cluster ?? 'in Git'}</td>
              <td>{holdsData ? <span class="badge bad">data</span> : 'no'}</td>
            </tr>
          ))}
        </Table>
      )}
      <form method="post" action={`/t/${tenant.slug}/settings/delete#danger`} class="form">
        <input type="hidden" name="version" value={version} />
        <input type="hidden" name="confirm" value={destroys.digest} />
        <p>
          <label for="slug">Type {tenant.slug} to confirm the list above</label>
          <input id="slug" name="slug" required autocomplete="off" pattern={tenant.slug} />
        </p>
        <button type="submit" class="danger">
          Delete {tenant.slug}
        </button>
      </form>
    </>
  )
}

const Ways = (props: DangerZoneProps) => {
  const { tenant, deletion } = props
  if (tenant.state === 'deleting')
    return (
      <Restore
        tenant={tenant}
        why="It is being deleted. Until its change is merged, the deletion can be taken back."
      />
    )
  if (tenant.state === 'deleted')
    return (
      <Restore
        tenant={tenant}
        why={`It is deleted, and erased on ${tenant.eraseAt?.slice(0, 10)}. Restored it is empty, with its people, its log and its repository.`}
      />
    )
  if (tenant.state === 'suspended') return <p>A suspended tenant is not deleted.</p>
  return deletion === null ? (
    <p>
      <a class="button quiet" href={`/t/${tenant.slug}/settings?delete=preview#danger`}>
        See what a deletion would destroy
      </a>
    </p>
  ) : (
    <Preview {...props} deletion={deletion} />
  )
}

export const DangerZone = (props: DangerZoneProps) =>
  props.mayDelete ? (
    <section id="danger">
      <h2>Delete the tenant</h2>
      <Refused words={props.refusedHere} />
      <Ways {...props} />
    </section>
  ) : null
