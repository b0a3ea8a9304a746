// The application of dbis_core, the way in to it, and the certificate. The environment names Secrets, never values.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import { demandMiB } from '../../../schemas/quantity.ts'
import type { Block } from '../../../schemas/system.ts'
import { application } from '../../application.ts'
import { certificate } from '../../certificate.ts'
import { ingress } from '../../ingress.ts'
import { block } from '../block.ts'
import { SIZES } from './components.ts'
import { on } from './infrastructure.ts'
import { namesOf } from './names.ts'
import { computeAt } from './sizes.ts'

export const applicationBlocks = (parameters: DbisCoreParameters, instance: string): Block[] => {
  const { cluster, domain, application: asked, ingress: way } = parameters
  const { application: service, tlsSecret } = namesOf(instance)
  return [
    block(application, 'app', { ...on(cluster), ...podParameters(parameters, instance) }),
    block(certificate, 'cert', { ...on(cluster), issuer: way.issuer, dnsNames: [domain] }),
    block(ingress, 'web', {
      ...on(cluster),
      ...{ ingressClass: way.className, controllerNamespace: way.namespace },
      ...{ hosts: [domain], tlsSecret },
      paths: [{ path: '/', service, port: asked.port }],
    }),
  ]
}

const podParameters = (parameters: DbisCoreParameters, instance: string) => {
  const { size, application: asked } = parameters
  const { image, port, probes, runAsUser, instances, moreUnderLoad, pullSecret, env } = asked
  const { cores, memory } = computeAt(SIZES.application, size)
  const amounts = { cpu: String(cores), memory: `${demandMiB(memory)}Mi` }
  return {
    ...{ image, port, probes, runAsUser },
    ...(pullSecret === undefined ? {} : { pullSecret }),
    resources: { requests: amounts, limits: amounts },
    replicas: { min: instances, max: instances + moreUnderLoad },
    strategy: { type: 'blue-green' },
    env: [...ownVariables(parameters, instance), ...env],
  }
}

type Variable =
  | { name: string; value: string }
  | { name: string; secretKeyRef: { name: string; key: string } }

const secret = (name: string, of: string, key: string): Variable => ({
  name,
  secretKeyRef: { name: of, key },
})

const ownVariables = (parameters: DbisCoreParameters, instance: string): Variable[] => {
  const { database, databaseSecret, databaseAuthority, cacheSecret, sentinels, hsmSecret } =
    namesOf(instance)
  return [
    secret('DATABASE_URL', databaseSecret, 'uri'),
    // The server's certificate is from an authority of its own.
    secret('DATABASE_CA', databaseAuthority, 'ca.crt'),
    { name: 'DATABASE_READ_HOST', value: `${database}-ro` },
    { name: 'REDIS_SENTINEL_HOST', value: sentinels },
    { name: 'REDIS_SENTINEL_PORT', value: '26379' },
    { name: 'REDIS_MASTER', value: 'myMaster' },
    secret('REDIS_PASSWORD', cacheSecret, 'password'),
    secret('HSM_PIN', hsmSecret, 'pin'),
    ...documentVariables(parameters, namesOf(instance).documentsSecret),
  ]
}

const documentVariables = ({ documents, vault }: DbisCoreParameters, of: string): Variable[] =>
  documents.kind === 's3'
    ? [
        { name: 'BLOB_ENDPOINT', value: documents.endpoint },
        { name: 'BLOB_CONTAINER', value: documents.bucket },
        secret('AWS_ACCESS_KEY_ID', of, 'access-key-id'),
        secret('AWS_SECRET_ACCESS_KEY', of, 'secret-access-key'),
      ]
    : [
        {
          name: 'BLOB_ENDPOINT',
          value: `https://${documents.azureName}.blob.core.windows.net`,
        },
        { name: 'BLOB_CONTAINER', value: documents.container },
        { name: 'AZURE_TENANT_ID', value: vault.entraTenantId },
        secret('AZURE_CLIENT_ID', of, 'client-id'),
        secret('AZURE_CLIENT_SECRET', of, 'client-secret'),
      ]
