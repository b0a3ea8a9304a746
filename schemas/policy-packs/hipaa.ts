// HIPAA's security rule: 45 CFR part 164, subpart C.
import { controlsOf, type PolicyPack } from './pack.ts'

export const hipaa: PolicyPack = {
  name: 'hipaa',
  title: 'HIPAA security rule',
  edition: '45 CFR part 164, subpart C',
  controls: controlsOf([
    [
      '164.308(a)(1)(ii)(A)',
      'Analysis of risks',
      'interpretation',
      ['change', 'availability'],
      'The analysis itself; findings of plans are one input to it.',
    ],
    [
      '164.308(a)(4)',
      'Managing access to information',
      'interpretation',
      ['access', 'duties'],
      'Who may see health information in applications.',
    ],
    [
      '164.308(a)(7)',
      'Contingency plan',
      'interpretation',
      ['availability', 'destruction', 'capacity'],
      'Backups that were tried, emergency mode and its exercises.',
    ],
    [
      '164.308(a)(8)',
      'Evaluating regularly',
      'interpretation',
      ['change'],
      'Evaluations of organisation; each change is judged anew, which is one part of it.',
    ],
    [
      '164.312(a)(1)',
      'Access control',
      'interpretation',
      ['access', 'network'],
      'Accounts, emergency access and log-off in applications.',
    ],
    [
      '164.312(a)(2)(iv)',
      'Encryption and decryption',
      'interpretation',
      ['secrets'],
      'Encryption of stored data is set by templates but not proved by this evidence.',
    ],
    [
      '164.312(b)',
      'Audit controls',
      'interpretation',
      ['records'],
      'Who read which health information: only changes of infrastructure are recorded here.',
    ],
    [
      '164.312(c)(1)',
      'Integrity',
      'interpretation',
      ['destruction', 'change'],
      'Alteration of records by applications and their users.',
    ],
    [
      '164.312(e)(1)',
      'Security of transmission',
      'interpretation',
      ['network'],
      'Encryption of traffic between applications.',
    ],
    [
      '164.316(b)(1)',
      'Documentation',
      'interpretation',
      ['records'],
      'Policies in words; that they are kept for six years is the tenant’s to arrange.',
    ],
  ]),
}
