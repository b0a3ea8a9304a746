// Cases of the policies on images.
import {
  bent,
  FILE,
  GOOD_ATTESTATION,
  GOOD_IMAGE,
  judged,
  objectOf,
  type PolicyCase,
  workload,
} from './policies.fixture.ts'

const POD = 'spec/template/spec'
const ANNOTATIONS = '/spec/template/metadata/annotations'
const IMAGE = `${POD}/containers/0/image`
const DIGEST = GOOD_IMAGE.slice(GOOD_IMAGE.indexOf('@'))
const withImage = (image: string) => judged(bent(workload(), IMAGE, image))
const pass = () => withImage(GOOD_IMAGE)
const atImage = { file: FILE, pointer: `/${IMAGE}` }

export const imageCases: PolicyCase[] = [
  ...['ghcr.io/acme/portal', 'ghcr.io/acme/portal:latest', 'localhost:5000/portal', ''].map(
    (image): PolicyCase => ({
      ...{ rule: 'IMG-PINNED', what: `“${image}”`, ...atImage, hint: 'a tag other than latest' },
      passes: () => withImage('ghcr.io/acme/portal:1.2.3'),
      fails: () => withImage(image),
    }),
  ),
  {
    ...{ rule: 'IMG-PINNED', what: 'a digest is enough', ...atImage, hint: 'better a digest' },
    passes: () => withImage(`ghcr.io/acme/portal:latest${DIGEST}`),
    fails: () => withImage('ghcr.io/acme/portal:latest@sha256:0'),
  },
  {
    ...{ rule: 'IMG-PINNED', what: 'of an init container', file: FILE, hint: 'latest' },
    pointer: `/${POD}/initContainers/0/image`,
    passes: pass,
    fails: () => judged(bent(workload(), `${POD}/initContainers`, [{ image: 'ghcr.io/a/b' }])),
  },
  {
    ...{ rule: 'IMG-PINNED', what: 'of a database cluster', file: FILE, hint: 'latest' },
    pointer: '/spec/imageName',
    passes: () => judged(objectOf('postgres', 'Cluster')),
    fails: () => judged(bent(objectOf('postgres', 'Cluster'), 'spec/imageName', 'ghcr.io/a/b')),
  },
  {
    ...{ rule: 'IMG-PINNED', what: 'of a chart', file: FILE, hint: 'latest' },
    pointer: '/spec/values/initContainers/0/image',
    passes: () => judged(objectOf('velero', 'HelmRelease')),
    fails: () =>
      judged(
        bent(objectOf('velero', 'HelmRelease'), 'spec/values/initContainers/0/image', 'velero/x'),
      ),
  },
  {
    ...{ rule: 'IMG-PINNED', what: 'a chart’s tag', file: FILE, hint: 'latest' },
    pointer: '/spec/values/image/tag',
    passes: () => judged(bent(objectOf('velero', 'HelmRelease'), 'spec/values/image/tag', '1')),
    fails: () => judged(bent(objectOf('velero', 'HelmRelease'), 'spec/values/image/tag', 'latest')),
  },
  {
    ...{ rule: 'IMG-DIGEST', what: 'a tag alone', ...atImage, hint: 'repository:tag@sha256:' },
    passes: pass,
    fails: () => withImage('ghcr.io/acme/portal:1.2.3'),
  },
  ...['registry.example/a:1', 'nginx:1.29', 'a.b.azurecr.io/a:1', 'docker.io/nobody/a:1'].map(
    (image): PolicyCase => ({
      ...{ rule: 'IMG-REGISTRY', what: image, ...atImage, hint: 'a registry on the list' },
      passes: () => [...withImage('theorder.azurecr.io/a:1'), ...pass()],
      fails: () => withImage(image),
    }),
  ),
  {
    ...{ rule: 'IMG-SIGNED', what: 'neither digest nor attestation', ...atImage },
    hint: 'phoenix.cloud/attestation',
    passes: pass,
    fails: () =>
      judged(bent(bent(workload(), IMAGE, 'ghcr.io/a/b:1'), ANNOTATIONS.slice(1), undefined)),
  },
  {
    ...{ rule: 'IMG-SIGNED', what: 'an attestation of what has no digest', ...atImage },
    hint: 'by digest',
    passes: pass,
    fails: () => withImage('ghcr.io/acme/portal:1.2.3'),
  },
  ...[undefined, 'yes', `${GOOD_ATTESTATION} and more`].map(
    (said): PolicyCase => ({
      ...{ rule: 'IMG-SIGNED', what: `attestation “${said}”`, file: FILE, hint: 'attestation' },
      pointer: ANNOTATIONS,
      passes: pass,
      fails: () =>
        judged(bent(workload(), `${ANNOTATIONS.slice(1)}`, { 'phoenix.cloud/attestation': said })),
    }),
  ),
]
