// What the blocks of dbis_core call one another's objects. `instance` is the name of the system's instance.

export const namesOf = (instance: string) => ({
  application: `${instance}-app`,
  database: `${instance}-db`,
  cache: `${instance}-cache`,
  /** Of the Redis operator: a Service before the sentinels. */
  sentinels: `${instance}-cache-sentinel`,
  documents: `${instance}-documents`,
  store: `${instance}-secrets`,
  secondStore: `${instance}-secrets-second`,
  secondDatabase: `${instance}-db-second`,
  /** The template certificate writes it. */
  tlsSecret: `${instance}-cert-tls`,
  /** Secrets of the namespace. CloudNativePG makes the database's itself. */
  databaseSecret: `${instance}-db-app`,
  databaseAuthority: `${instance}-db-ca`,
  cacheSecret: `${instance}-cache-auth`,
  documentsSecret: `${instance}-documents-auth`,
  hsmSecret: `${instance}-hsm`,
})
