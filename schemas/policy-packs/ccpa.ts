// CCPA as amended by the CPRA: California Civil Code, title 1.81.5.
import { controlsOf, type PolicyPack } from './pack.ts'

export const ccpa: PolicyPack = {
  name: 'ccpa',
  title: 'CCPA',
  edition: 'California Civil Code §1798.100 to §1798.199.100, as amended by the CPRA',
  controls: controlsOf([
    [
      '§1798.100(e)',
      'Reasonable security',
      'interpretation',
      ['access', 'secrets', 'network', 'hardening', 'origin'],
      'What is reasonable is for people to say; security of applications and of people’s devices.',
    ],
    [
      '§1798.105',
      'Deletion on request',
      'interpretation',
      ['destruction'],
      'Records of a person inside a database: Phoenix destroys volumes and services, not rows.',
    ],
    [
      '§1798.130',
      'Answering requests, with records',
      'interpretation',
      ['records'],
      'The requests of consumers themselves and the answers they got.',
    ],
    [
      '§1798.150(a)(1)',
      'Breach for want of security',
      'interpretation',
      ['secrets', 'change', 'hardening'],
      'Whether the data that were taken were encrypted or redacted.',
    ],
  ]),
}
