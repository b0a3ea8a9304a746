// What dbis_core needs from outside, and who has it.
import type { Prerequisite } from '../../../schemas/system.ts'

const SCOPE = 'Deployment Requirements Scope, section 1'

/** The source gives no lead times in weeks, so none is given here. */
export const prerequisites: Prerequisite[] = [
  {
    id: 'azure-subscription',
    title: 'An Azure subscription, or an equivalent cloud',
    owner: 'the cloud account’s owner',
    why: 'Vault, documents and backups stand there. Ask for quota early.',
    source: `${SCOPE}, prerequisites`,
  },
  {
    id: 'operators',
    title:
      'External Secrets, CloudNativePG with its Barman plugin, the Redis operator, Argo Rollouts, Azure Service Operator, cert-manager and an ingress controller on the cluster',
    owner: 'the cluster’s owner',
    why: 'Everything is rendered as their objects. Where they are missing, install.certManager, install.operators and install.azure have this system bring the operators.',
    source: 'required by the building blocks; the source names Kubernetes only',
  },
  {
    id: 'network-security',
    title: 'Network security: firewalls, private links and encryption between nodes',
    owner: 'the network operator',
    why: 'Documents and HSM are reached over private addresses, and the cache has no TLS of its own.',
    source: `${SCOPE}, prerequisites`,
  },
  {
    id: 'secret-vault',
    title: 'A key vault and an identity that may read it',
    owner: 'the security officer',
    why: 'Every secret is kept there; the identity is federated with the service account of the secret store.',
    source: `${SCOPE}, secrets management`,
  },
  {
    id: 'database-admin',
    title: 'Access for the database’s administrator',
    owner: 'the security officer',
    why: 'Migrations and restores are done by people.',
    source: `${SCOPE}, prerequisites`,
  },
  {
    id: 'backup-store',
    title: 'A container or bucket for backups, with a token that may write to it',
    owner: 'the storage operator',
    why: 'Backups are two to three times the primary’s storage, which no total of the source holds.',
    source: `${SCOPE}, database; notes on storage`,
  },
  {
    id: 'hsm',
    title: 'The hardware security module, delivered and installed',
    owner: 'the security officer',
    why: 'Required in production. It has a long lead time that the source does not put into weeks: order it first.',
    source: `${SCOPE}, security; risk mitigation`,
  },
  {
    id: 'ci-cd',
    title: 'A CI/CD pipeline and a container registry',
    owner: 'the development team',
    why: 'Images are built, scanned and signed there.',
    source: `${SCOPE}, deployment method; common requirements`,
  },
  {
    id: 'iso-20022',
    title: 'Access to ISO 20022 messaging',
    owner: 'the payment network’s operator',
    why: 'Payments between banks are its messages. Verify access and rate limits early.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'fx-engine',
    title: 'Access to the FX engine',
    owner: 'the FX engine’s operator',
    why: 'Conversions take their rates from it.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'cbdc',
    title: 'Access to the CBDC system',
    owner: 'the issuing central bank',
    why: 'Digital currency is issued and redeemed there.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'compliance',
    title: 'Access to compliance and governance systems',
    owner: 'the compliance officer',
    why: 'Payments are screened and reported there.',
    source: `${SCOPE}, external services`,
  },
]
