// The way back from a page of a tenant to the tenant.
export const TenantLink = ({ tenant }: { tenant: string }) => (
  <p class="small unprinted">
    <a href={`/t/${tenant}`}>{tenant}</a>
  </p>
)
