// Template external-secret: more Secrets from a store that the namespace has already. It knows names, never values.
import { ExternalSecretParameters } from '../schemas/parameters/external-secret.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { externalSecret } from './parts/external-secret.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'external-secret'

export const externalSecretTemplate: Template<ExternalSecretParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'External secret',
  description:
    'Secrets from a store of the namespace, kept up to date; only their names are in Git. ' +
    'Needs External Secrets on the cluster and a resource of the template secret-store.',
  kind: NAME,
  parameters: ExternalSecretParameters,
  examples: [
    {
      title: 'A forge’s administrator, from two fields of one secret',
      name: 'forge-secrets',
      parameters: {
        store: 'secrets',
        secrets: [
          {
            name: 'forge-admin',
            keys: [
              { secretKey: 'username', remoteKey: 'forge-admin', property: 'username' },
              { secretKey: 'password', remoteKey: 'forge-admin', property: 'password' },
            ],
          },
        ],
      },
    },
  ],
  renders: ['ExternalSecret'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const { store, refreshMinutes, secrets } = parameters
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 20,
        name,
        objects: secrets.map((secret) =>
          externalSecret(scope, { ...secret, store, refreshMinutes }),
        ),
      },
    ]
  },
}
