// Who answers for an exception is asked for by the name that people call him by, and kept by his pseudonym: Git keeps it for
// ever, and his name is his own.
import type { ChangeRequest } from '../../../../schemas/change.ts'
import { EXCEPTION_TEMPLATE } from '../../../../schemas/exception.ts'
import type { TenantContext } from '../context.ts'
import { findMember } from './members.ts'

/** The request as it is planned and kept. One that names nobody is left as it is, for the plan to refuse. */
export const byPseudonym = <Request extends Pick<ChangeRequest, 'template' | 'parameters'>>(
  { db }: Pick<TenantContext, 'db'>,
  request: Request,
): Request => {
  const { owner } = request.parameters
  if (request.template !== EXCEPTION_TEMPLATE || typeof owner !== 'string') return request
  const member = findMember(db, owner)
  return member?.state === 'active'
    ? { ...request, parameters: { ...request.parameters, owner: member.id } }
    : request
}
