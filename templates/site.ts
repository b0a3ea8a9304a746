// Template site: a place with hosts as a file in Git. It orders no hardware: it says what stands there.
import { SiteParameters } from '../schemas/parameters/site.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

const DIRECTORY = 'inventory/sites'

export const site: Template<SiteParameters> = recordTemplate<SiteParameters>({
  name: 'site',
  version: '1.0.0',
  title: 'Site',
  description:
    'A site of this installation: hosts with their storage and images, bridge, addresses, and where its machines may go. ' +
    'Only the operators’ own tenant may ask for it; a site cannot become smaller than what stands there or is reserved.',
  kind: 'site',
  parameters: SiteParameters,
  examples: [
    {
      title: 'Two hosts with local disks, and a QDevice for the third vote',
      name: 'ml110',
      parameters: {
        region: 'loc-az-hci',
        hosts: ['ml110-01', 'ml110-02'].map((name) => ({
          ...{ name, cores: 32, memory: { value: 128, unit: 'GB' } },
          storage: { datastore: 'local-lvm', kind: 'local', size: { value: 4, unit: 'TB' } },
          images: ['ubuntu-22.04-cloud.img'],
        })),
        network: {
          ...{ name: 'ml110-lan', bridge: 'vmbr0', cidr: '192.168.21.0/24' },
          ...{ gateway: '192.168.21.1', dns: ['192.168.21.1'] },
          pool: { first: '192.168.21.101', last: '192.168.21.250' },
        },
        image: {
          ...{ name: 'ubuntu-22.04-cloud.img', datastore: 'local' },
          url: 'https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img',
        },
        qdevice: true,
        standIn: true,
      },
    },
  ],
  records: {
    directory: DIRECTORY,
    files: ({ name, parameters }) => [
      {
        path: `${DIRECTORY}/${name}.yaml`,
        value: { schema: 'phoenix.site/v1', name, ...parameters },
      },
    ],
    platform: (name, parameters) => ({ kind: 'site', value: { name, ...parameters } }),
  },
})
