// The way back to the tenant, and between the pages of quota, usage and invoices.
import { TenantLink } from './tenant-link.tsx'

const PAGES = [
  ['quota', 'Quota'],
  ['usage', 'Usage'],
  ['invoices', 'Invoices'],
] as const

export const BillingLinks = ({
  tenant,
  here,
}: {
  tenant: string
  here: (typeof PAGES)[number][0] | null
}) => (
  <>
    <TenantLink tenant={tenant} />
    <p class="small row unprinted">
      <a href={`/t/${tenant}/resources`}>Resources</a>
      {PAGES.map(([path, name]) => (
        <a href={`/t/${tenant}/${path}`} aria-current={path === here ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </p>
  </>
)
