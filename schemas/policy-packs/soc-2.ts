// SOC 2: the AICPA's trust services criteria.
import { controlsOf, type PolicyPack } from './pack.ts'

export const soc2: PolicyPack = {
  name: 'soc-2',
  title: 'SOC 2',
  edition: 'Trust services criteria of 2017 with the points of focus of 2022',
  controls: controlsOf([
    [
      'CC6.1',
      'Logical access',
      'interpretation',
      ['access', 'secrets'],
      'Accounts of people in applications.',
    ],
    [
      'CC6.3',
      'Roles, least privilege, separate duties',
      'interpretation',
      ['duties', 'access'],
      'Regular reviews of who has which role.',
    ],
    [
      'CC6.6',
      'Protection at the boundary',
      'interpretation',
      ['network'],
      'Boundaries that Phoenix does not manage.',
    ],
    [
      'CC6.8',
      'No unauthorised software',
      'interpretation',
      ['origin', 'hardening', 'change'],
      'What is inside images, and software on people’s devices.',
    ],
    [
      'CC7.1',
      'Weak configurations are found',
      'interpretation',
      ['configuration', 'hardening', 'watching'],
      'Scans for vulnerabilities.',
    ],
    [
      'CC7.2',
      'Systems are watched',
      'interpretation',
      ['watching'],
      'That somebody reacts to what is seen.',
    ],
    [
      'CC8.1',
      'Changes are authorised, tested and approved',
      'direct',
      ['change', 'duties', 'records', 'destruction'],
      'Tests of the application, and changes made outside Phoenix.',
    ],
    [
      'CC9.1',
      'Risks of disruption are lowered',
      'interpretation',
      ['availability'],
      'Insurance, people and suppliers.',
    ],
    [
      'A1.1',
      'Capacity',
      'interpretation',
      ['capacity'],
      'Measured use: plans promise what is asked for.',
    ],
    [
      'A1.2',
      'Backup and recovery are provided for',
      'interpretation',
      ['availability', 'destruction'],
      'Buildings, and backups that were restored.',
    ],
    [
      'C1.1',
      'Confidential information is protected',
      'interpretation',
      ['residency', 'secrets', 'access'],
      'Which information is confidential, and who may read it in applications.',
    ],
    [
      'C1.2',
      'Confidential information is disposed of',
      'interpretation',
      ['destruction'],
      'Rows in databases, and media that left the house.',
    ],
  ]),
}
