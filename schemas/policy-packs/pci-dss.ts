// PCI DSS, version 4.0.1. Which systems are in scope is for the tenant and its assessor to say.
import { controlsOf, type PolicyPack } from './pack.ts'

export const pciDss: PolicyPack = {
  name: 'pci-dss',
  title: 'PCI DSS',
  edition: 'version 4.0.1 of June 2024',
  controls: controlsOf([
    [
      '1.2.2',
      'Changes of network rules are managed',
      'direct',
      ['change', 'network'],
      'Network devices that Phoenix does not manage.',
    ],
    [
      '1.3.1',
      'Inbound traffic is restricted',
      'interpretation',
      ['network'],
      'Whether the cluster enforces its network policies, and traffic outside it.',
    ],
    [
      '1.3.2',
      'Outbound traffic is restricted',
      'interpretation',
      ['network'],
      'Whether the cluster enforces its network policies, and traffic outside it.',
    ],
    [
      '2.2.1',
      'Configuration standards',
      'interpretation',
      ['configuration', 'hardening', 'origin'],
      'Operating systems after their first start, and standards for what Phoenix does not make.',
    ],
    [
      '2.2.4',
      'Only what is needed runs',
      'interpretation',
      ['hardening', 'access'],
      'What images contain.',
    ],
    [
      '6.3.2',
      'Inventory of components',
      'interpretation',
      ['origin', 'configuration'],
      'What is inside images: there is no bill of materials here.',
    ],
    [
      '6.4.2',
      'Public web applications are protected',
      'interpretation',
      ['network'],
      'Whether rules of the firewall are current; firewalls in front that Phoenix does not make.',
    ],
    [
      '6.5.1',
      'Procedure for changes',
      'direct',
      ['change', 'duties', 'destruction'],
      'Tests of the application’s security, and changes made outside Phoenix.',
    ],
    [
      '7.2.2',
      'Least privilege',
      'interpretation',
      ['access', 'duties'],
      'Access of people to applications and to card data.',
    ],
    [
      '8.6.2',
      'No passwords in files',
      'direct',
      ['secrets'],
      'Source code of applications and what is inside images.',
    ],
    [
      '10.2.1',
      'Logs of audit are kept',
      'interpretation',
      ['records', 'watching'],
      'Logs of applications and of access to card data.',
    ],
    [
      '10.3.4',
      'Logs cannot change unseen',
      'interpretation',
      ['records'],
      'Logs other than the tenant’s log of changes.',
    ],
  ]),
}
