// Who somebody is who signs in by a credential: a member of the one tenant that issued it, and nobody anywhere else. Whoever
// controls that tenant's issuer could sign in as any of its members, so such a session leads to no other tenant.

/** In the place of an identity provider's name. */
export const BY_CREDENTIAL = 'credential'

/** Pseudonyms only; no identity of an identity provider looks like it. */
export const credentialIdentity = (tenantId: string, memberId: string): string =>
  `${BY_CREDENTIAL} ${tenantId} ${memberId}`

/** Null: of an identity provider, or of another tenant. */
export const memberOfCredential = (tenantId: string, identity: string): string | null => {
  const prefix = credentialIdentity(tenantId, '')
  return identity.startsWith(prefix) ? identity.slice(prefix.length) : null
}

/** All that the Directory knows a member of a tenant by. */
export const identitiesOf = (
  tenantId: string,
  { id, identity }: { id: string; identity: string | null },
): string[] => [...(identity === null ? [] : [identity]), credentialIdentity(tenantId, id)]
