// The demo people of the simulated identity provider. Their subjects never change, so that who was bound to a tenant once still
// is after a restart. Nobody here has a password: whoever reaches the laptop may be any of them.

/** What the product's configuration calls the provider. */
export const PROVIDER_NAME = 'demo'

export const DEMO_PEOPLE = [
  { subject: 'demo-olga', handle: 'olga', name: 'Olga Owner', does: 'owner of the tenant dbis' },
  {
    subject: 'demo-rita',
    handle: 'rita',
    name: 'Rita Requester',
    does: 'asks for changes in dbis',
  },
  { subject: 'demo-anton', handle: 'anton', name: 'Anton Approver', does: 'approves in dbis' },
  { subject: 'demo-ada', handle: 'ada', name: 'Ada Auditor', does: 'reads in dbis' },
  {
    subject: 'demo-otto',
    handle: 'otto',
    name: 'Otto Operator',
    does: 'asks in the operators’ tenant',
  },
  {
    subject: 'demo-paula',
    handle: 'paula',
    name: 'Paula Operator',
    does: 'approves in the operators’ tenant',
  },
] as const
export type DemoPerson = (typeof DEMO_PEOPLE)[number]

export const findPerson = (subject: string): DemoPerson | undefined =>
  DEMO_PEOPLE.find((person) => person.subject === subject)

/** RFC 6761 §6.4: nobody's mailbox. */
export const emailOf = ({ handle }: DemoPerson): string => `${handle}@people.invalid`

export const subjectOf = (handle: string): string => `demo-${handle}`
