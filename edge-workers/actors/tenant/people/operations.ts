// The rows of people and machines in the table of operations.
import { ok, refuse } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import type { PeopleOperations } from './contracts.ts'
import {
  createInvitation,
  listInvitations,
  readInvitation,
  revokeInvitation,
} from './invitations.ts'
import {
  createMember,
  createServiceAccount,
  listMembers,
  meOf,
  namesOf,
  readMember,
  removeMember,
  updateMember,
} from './members.ts'
import { createToken, rotateToken } from './mint-token.ts'
import { eraseMember, exportMember } from './personal-data.ts'
import { endSession, listSessions } from './sessions.ts'
import { listTokens, readToken, revokeToken } from './tokens.ts'
import { inTurnOfPeople } from './turn.ts'

const found = <T>(value: T | null) => (value === null ? refuse('not-found') : ok(value))

export const peopleOperations: OperationRows<PeopleOperations> = {
  'me.read': { action: 'self.read', run: (context, who) => ok(meOf(context, who)) },
  'members.names': { action: 'self.read', run: (context, _, ids) => ok(namesOf(context, ids)) },

  'members.create': { action: 'members.create', run: inTurnOfPeople(createMember) },
  'members.list': {
    action: 'members.read',
    run: (context, _, page) => ok(listMembers(context, page)),
  },
  'members.read': { action: 'members.read', run: readMember },
  'members.update': { action: 'members.write', run: inTurnOfPeople(updateMember) },
  'members.remove': { action: 'members.write', run: inTurnOfPeople(removeMember) },
  'members.export': { action: 'members.export', run: exportMember },
  'members.erase': { action: 'members.erase', run: inTurnOfPeople(eraseMember) },
  'service-accounts.create': { action: 'members.write', run: createServiceAccount },

  'invitations.create': { action: 'members.write', run: createInvitation },
  'invitations.list': {
    action: 'members.write',
    run: (context, _, page) => ok(listInvitations(context, page)),
  },
  'invitations.read': {
    action: 'members.write',
    run: (context, _, id) => found(readInvitation(context, id)),
  },
  'invitations.revoke': { action: 'members.write', run: revokeInvitation },

  'tokens.create': { action: 'tokens.create', run: createToken },
  'tokens.rotate': { action: 'tokens.create', run: rotateToken },
  'tokens.list': {
    action: 'tokens.read',
    run: (context, who, page) => ok(listTokens(context, who, page)),
  },
  'tokens.read': {
    action: 'tokens.read',
    run: (context, who, id) => found(readToken(context, who, id)),
  },
  'tokens.revoke': { action: 'tokens.write', run: revokeToken },

  'sessions.list': {
    action: 'sessions.read',
    run: (context, who, page) => ok(listSessions(context, who, page)),
  },
  'sessions.end': { action: 'sessions.end', run: endSession },
}
