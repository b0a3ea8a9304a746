// A template for tests that breaks a rule which may be excused: storage that keeps no versions. It is not in the catalogue.
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { storageAccount } from './storage-account.ts'

export const forgetfulStorage = {
  ...storageAccount,
  name: 'forgetful-storage',
  examples: [],
  // Said before anything is rendered, where the name asks for it.
  findings: ({ name }) =>
    name === 'early' ? [finding('RES-LIMITS', 'It has no limits.', { pointer: '/name' })] : [],
  render: (input) =>
    storageAccount.render(input).map((component) => ({
      ...component,
      objects: component.objects.filter(({ kind }) => kind !== 'StorageAccountsBlobService'),
    })),
} satisfies typeof storageAccount as unknown as Template
