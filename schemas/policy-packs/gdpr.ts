// GDPR: Regulation (EU) 2016/679.
import { controlsOf, type PolicyPack } from './pack.ts'

export const gdpr: PolicyPack = {
  name: 'gdpr',
  title: 'GDPR',
  edition: 'Regulation (EU) 2016/679',
  controls: controlsOf([
    [
      'Art. 5(1)(f)',
      'Integrity and confidentiality',
      'interpretation',
      ['access', 'secrets', 'network'],
      'What applications do with personal data, and who may read it there.',
    ],
    [
      'Art. 5(2)',
      'Being able to show compliance',
      'interpretation',
      ['change', 'records'],
      'Purposes, legal bases and consent: Phoenix knows infrastructure, not processing.',
    ],
    [
      'Art. 25(2)',
      'Protection by default',
      'interpretation',
      ['network', 'access', 'hardening'],
      'Which data are collected, how much of them and for how long.',
    ],
    [
      'Art. 32(1)(a)',
      'Pseudonyms and encryption',
      'interpretation',
      ['secrets'],
      'Encryption of stored data and of traffic is set by templates but not proved by this evidence; pseudonyms inside applications.',
    ],
    [
      'Art. 32(1)(b)',
      'Confidential, intact, available, resilient',
      'interpretation',
      ['availability', 'capacity', 'access', 'hardening'],
      'How systems behave while they run: only what was planned and approved is seen here.',
    ],
    [
      'Art. 32(1)(c)',
      'Restoring after an incident',
      'interpretation',
      ['availability', 'destruction'],
      'Whether a backup can be restored: that must be tried, and reported, elsewhere.',
    ],
    [
      'Art. 32(1)(d)',
      'Testing the measures regularly',
      'interpretation',
      ['change'],
      'Penetration tests and reviews of organisation; each change is judged anew, which is one part of it.',
    ],
    [
      'Art. 44',
      'Transfers to third countries',
      'interpretation',
      ['residency'],
      'Contracts, adequacy decisions and remote access by people; only places of infrastructure are judged.',
    ],
  ]),
}
