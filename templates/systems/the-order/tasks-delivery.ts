// What people do for the_order from the images to the services: build, migrate, fill the vault, promote.
import { ImagesPushed, ImagesSigned, PackagesBuilt } from '../../../schemas/tasks/the-order.ts'
import {
  DataSeeded,
  MigrationsRun,
  Promoted,
  SchemaVerified,
  SecretsSynced,
  ServicesHealthy,
  VaultFilled,
} from '../../../schemas/tasks/the-order-delivery.ts'
import { imageOf, PORTALS, registryName, SERVICES, VAULT_SECRETS, vaultName } from './names.ts'
import { tasksOf } from './task.ts'

export const buildTasks = tasksOf(6, 'before', [
  {
    id: 'packages',
    title: 'Build the packages',
    owner: 'release',
    inputs: PackagesBuilt,
    steps: () => [
      '`pnpm install --frozen-lockfile`, `pnpm -r build`, `pnpm -r test` at the commit that is to run.',
      '`sha256sum pnpm-lock.yaml`.',
      'Report commit, digest of the lock file, and the versions of Node.js and pnpm.',
    ],
  },
  {
    id: 'images',
    title: 'Build and push the images',
    owner: 'release',
    after: ['packages'],
    inputs: ImagesPushed,
    steps: ({ parameters }) => [
      `\`az acr login --name ${registryName(parameters)}\`, from inside the network.`,
      ...[...SERVICES, ...PORTALS].map(
        (id) => `\`docker buildx build --push -t ${imageOf(parameters, id).split('@')[0]} …\``,
      ),
      'Report the registry and the six digests: `docker buildx imagetools inspect $IMAGE`.',
    ],
  },
  {
    id: 'signatures',
    title: 'Sign the images with Cosign',
    owner: 'release',
    after: ['images'],
    inputs: ImagesSigned,
    steps: ({ parameters }) => [
      `\`cosign sign --key azurekms://${vaultName(parameters, parameters.environment)}.vault.azure.net/image-signing $IMAGE@$DIGEST\` for each of the six, by digest.`,
      '`cosign verify` with the public key, or with the certificate’s identity and issuer.',
      'Report digests and signer.',
    ],
  },
])

export const migrationTasks = tasksOf(7, 'before', [
  {
    id: 'migrations',
    title: 'Run the migrations',
    owner: 'data',
    inputs: MigrationsRun,
    steps: ({ parameters }) => [
      `Against the server of ${parameters.environment}, each service’s own migrations in its own database, from a pod inside the network: \`pnpm --filter $SERVICE migrate\`.`,
      'Report the environment and, of each database, how many were applied and the last one’s name.',
    ],
  },
  {
    id: 'schema',
    title: 'Verify the schema',
    owner: 'data',
    after: ['migrations'],
    inputs: SchemaVerified,
    steps: () => [
      '`pg_dump --schema-only --no-owner $DATABASE | sha256sum`, the same as in the environment before.',
      'Report the digest of each schema and that no migration is pending.',
    ],
  },
  {
    id: 'seed',
    title: 'Seed data, if any',
    owner: 'data',
    after: ['schema'],
    inputs: DataSeeded,
    steps: () => [
      '`pnpm --filter $SERVICE seed` where there is one.',
      'Report how many rows; 0 is none.',
    ],
  },
])

export const secretTasks = tasksOf(8, 'before', [
  {
    id: 'vault-secrets',
    title: 'Store the secrets in the vault',
    owner: 'operations',
    inputs: VaultFilled,
    steps: ({ parameters }) => [
      `In ${vaultName(parameters, parameters.environment)}, each with \`az keyvault secret set --name $NAME --file /dev/stdin\`: ${VAULT_SECRETS.join(', ')}.`,
      'Database addresses are those of the environment, with each service’s own role and sslmode=verify-full.',
      'Report the vault and the names; never a value.',
    ],
  },
])

export const infrastructureTasks = tasksOf(9, 'after', [
  {
    id: 'secrets-synced',
    title: 'Confirm that the Secrets are there',
    owner: 'operations',
    inputs: SecretsSynced,
    steps: ({ name }) => [
      `\`kubectl get secretstore ${name}-store\` says Valid.`,
      '`kubectl get externalsecrets` says SecretSynced for each.',
      'Report the store’s state and how many are ready.',
    ],
  },
])

const promotion = tasksOf(10, 'before', [
  {
    id: 'promotion',
    title: 'Confirm what is promoted',
    owner: 'release',
    inputs: Promoted,
    steps: ({ name, parameters: { environment, base } }) => [
      'dev takes what was built, stage what passed its tests in dev, prod what passed in stage: the same digests, built once.',
      `dev and stage are instances of this system of their own, with base: ${base ?? name} and their environment; each has its database, vault and storage.`,
      `Report where the images of ${environment} come from, their digests, and the digest of the test report there.`,
    ],
  },
])

const servicesHealthy = tasksOf(10, 'after', [
  {
    id: 'services',
    title: 'Confirm the health of the services',
    owner: 'operations',
    inputs: ServicesHealthy,
    steps: ({ name }) => [
      ...SERVICES.map((id) => `\`kubectl rollout status deployment/${name}-${id}\``),
      '`kubectl get pods -o jsonpath="{..imageID}"`: the digests that were promoted.',
      'Report ready replicas and digest of each.',
    ],
  },
])
export const backendTasks = [...promotion, ...servicesHealthy]
