// What people do for dbis_core until it runs: room, secrets, keys, versions; for its data see data-tasks.ts.
// Commands run in the tenant's namespace: `kubectl config set-context --current --namespace <tenant>`.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import type { Task } from '../../../schemas/system.ts'
import {
  HsmReached,
  ImageBuilt,
  KeysMade,
  Promoted,
  QuotaRaised,
  SecretsInVault,
} from '../../../schemas/tasks/dbis-core.ts'
import { namesOf } from './names.ts'
import { roomNeeded } from './room.ts'

export type DbisCoreTask = Task<DbisCoreParameters>
export const SCOPE = 'Deployment Requirements Scope, section 1'
export const SECURITY = 'the security officer'

export const quotaTask: DbisCoreTask = {
  id: 'namespace-quota',
  title: 'Make room in the namespace',
  owner: 'the tenant’s owner',
  when: 'before',
  after: [],
  inputs: QuotaRaised,
  steps: ({ name, parameters }) => {
    const { cpuCores, memoryGiB, storageGiB, pods } = roomNeeded(parameters, name)
    return [
      `Update the tenant base: its quota must leave ${cpuCores} cores, ${memoryGiB} GiB of memory, ${storageGiB} GiB of volumes and ${pods} pods free for this system, which its defaults do not.`,
      '`kubectl get resourcequota tenant-quota -o yaml` shows the new limits under `status.hard`.',
      'Report them in whole cores, GiB and pods.',
    ]
  },
  source: `${SCOPE} and resource summary 1`,
}

export const secretsTask: DbisCoreTask = {
  id: 'secrets-in-vault',
  title: 'Put the first secrets into the vault',
  owner: SECURITY,
  when: 'before',
  after: [],
  inputs: SecretsInVault,
  steps: ({ name, parameters: { vault, backup } }) => [
    `Make a password: \`openssl rand -base64 32 | tr -d '\\n' > password && az keyvault secret set --vault-name ${vault.name} --name ${name}-cache-password --file password --output none && shred -u password\`.`,
    backup.store.kind === 's3'
      ? `Store the bucket’s keys as ${name}-backup-access-key-id and ${name}-backup-secret-access-key.`
      : `Store the account’s name and a SAS token for its container as ${name}-backup-storage-account and ${name}-backup-storage-sas-token.`,
    `Federate the identity ${vault.clientId} with the service account ${name}-secrets-vault of the namespace.`,
    `\`az keyvault secret list --vault-name ${vault.name} --query "[].name"\` names them all; report the names.`,
  ],
  source: `${SCOPE}, secrets management`,
}

export const hsmTasks: DbisCoreTask[] = [
  {
    id: 'key-ceremony',
    title: 'Hold the key ceremony',
    owner: SECURITY,
    when: 'before',
    after: [],
    inputs: KeysMade,
    steps: ({ name, parameters: { vault } }) => [
      'Check the modules’ seals, serials and certification before they are initialised.',
      'Custodians make the root key inside, with a quorum that one can be missing from; it never leaves unwrapped.',
      `The PIN of the application’s slot goes into the vault ${vault.name} as ${name}-hsm-pin, from the keyboard of a custodian.`,
      'Sign the minutes. Report serials, certification, custodians, quorum, and the digests of public key and minutes.',
    ],
    source: `${SCOPE}, critical path 2`,
  },
  {
    id: 'hsm-connection',
    title: 'Sign with the module',
    owner: SECURITY,
    when: 'after',
    after: [],
    inputs: HsmReached,
    steps: ({ name, parameters: { hsm } }) => [
      `From a machine in the application’s network, \`nc -z\` reaches the module in ${hsm.network} on port ${hsm.port}.`,
      '`pkcs11-tool --module $PKCS11_MODULE --list-slots` shows the slot; the PIN is asked for.',
      '`pkcs11-tool --module $PKCS11_MODULE --slot $SLOT --login --sign --mechanism ECDSA-SHA256 --signature-format openssl --input-file probe --output-file probe.sig`, then verify with `openssl dgst -sha256 -verify public.pem -signature probe.sig probe`.',
      `\`kubectl get secret ${namesOf(name).hsmSecret}\` is there. Report slot, mechanism and \`sha256sum probe.sig\`.`,
    ],
    source: `${SCOPE}, critical path 2`,
  },
]

export const applicationTasks: DbisCoreTask[] = [
  {
    id: 'image',
    title: 'Build, scan and push the image',
    owner: 'the development team',
    when: 'before',
    after: [],
    inputs: ImageBuilt,
    steps: ({ parameters: { application } }) => [
      'The pipeline builds the tag, scans it and signs it: `cosign sign $IMAGE@$DIGEST`.',
      `\`docker buildx imagetools inspect ${application.image}\` shows the digest that the pipeline reported.`,
      'Report digest, commit, the run’s address, and that no critical finding is open.',
    ],
    source: `${SCOPE}, deployment method`,
  },
  {
    id: 'promotion',
    title: 'Switch to the new version',
    owner: 'the release manager',
    when: 'after',
    after: [],
    inputs: Promoted,
    steps: ({ name }) => {
      const { application } = namesOf(name)
      return [
        `Look at the new version behind ${application}-preview: \`kubectl port-forward service/${application}-preview 8080:http\`. The very first version needs no switch: it is active as soon as it is ready.`,
        `\`kubectl argo rollouts promote ${application}\`, then \`kubectl argo rollouts status ${application}\` says Healthy.`,
        `Report the image’s digest, \`kubectl get service ${application} -o jsonpath='{.spec.selector.rollouts-pod-template-hash}'\`, and the ready instances.`,
      ]
    },
    source: `${SCOPE}, deployment method (blue-green)`,
  },
]
