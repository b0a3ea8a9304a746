// Names and labels that the entry points of both engines share. Knows neither engine's objects.

/** The one branch engines follow: only Phoenix moves it. */
export const LIVE = 'live'
export const PLATFORM_ENTRY = 'phoenix-platform'

/** Metadata of an entry point; `namespace: null` for what has none. */
export const entryMetadata = (
  name: string,
  namespace: string | null,
  tenant: string,
  resource: string,
  template = 'entry-point',
) => ({
  name,
  ...(namespace === null ? {} : { namespace }),
  labels: {
    'app.kubernetes.io/managed-by': 'phoenix',
    'phoenix.cloud/tenant': tenant,
    'phoenix.cloud/resource': resource,
    'phoenix.cloud/template': template,
  },
})
