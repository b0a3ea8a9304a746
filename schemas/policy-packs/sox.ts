// SOX through COSO's framework and the usual general IT controls: the act itself names no technical control.
import { controlsOf, type PolicyPack } from './pack.ts'

export const sox: PolicyPack = {
  name: 'sox',
  title: 'SOX',
  edition:
    'Sarbanes-Oxley Act of 2002; COSO Internal Control Framework of 2013; ITGC domains as auditors use them',
  controls: controlsOf([
    [
      'Section 404',
      'Internal control over financial reporting',
      'interpretation',
      ['change', 'duties', 'records'],
      'Which systems matter to financial reporting, and whether the controls worked: management and its auditor say that.',
    ],
    [
      'Section 802',
      'Keeping records',
      'interpretation',
      ['records', 'destruction'],
      'Audit papers and business records; how long Git and the log are kept is the tenant’s contract.',
    ],
    [
      'COSO principle 10',
      'Controls that lower risks',
      'interpretation',
      ['duties', 'change'],
      'The assessment of risks from which controls follow.',
    ],
    [
      'COSO principle 11',
      'General controls over technology',
      'interpretation',
      ['configuration', 'access', 'change', 'hardening'],
      'Controls inside the applications that run.',
    ],
    [
      'COSO principle 16',
      'Evaluations, ongoing and separate',
      'interpretation',
      ['records', 'watching'],
      'That somebody reads this evidence and acts.',
    ],
    [
      'ITGC program changes',
      'Changes are asked for, tested and approved',
      'direct',
      ['change', 'duties', 'configuration'],
      'Tests of the application before it is released; changes made outside Phoenix.',
    ],
    [
      'ITGC access',
      'Access to programs and data',
      'interpretation',
      ['access', 'secrets', 'duties'],
      'Accounts of people in applications and databases, joiners and leavers.',
    ],
    [
      'ITGC operations',
      'Computer operations',
      'interpretation',
      ['availability', 'capacity', 'watching'],
      'Jobs, incidents, and backups that were restored.',
    ],
  ]),
}
