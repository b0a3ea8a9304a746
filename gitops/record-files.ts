// A placed command of a template of records: its files, held inside its own folder, and what it takes out of Git. Pure.
// Nothing is applied by an engine, so there is nothing to guard against its prune: a removal has one half.
import { canonicalJson } from '../schemas/canonical-json.ts'
import type { ChangeRequest } from '../schemas/change.ts'
import type { DestroyList } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Records, RenderInput, Template } from '../schemas/template.ts'
import type { Outcome } from './carry-out.ts'
import { finding } from './finding.ts'
import { guard } from './guard.ts'
import { confine, recordPrefixes } from './paths.ts'
import type { Sha256 } from './plan.ts'
import { changedFiles, render } from './render.ts'

/** What the list of destroyed objects calls a file of ours. */
const RECORD_API = 'phoenix.cloud/v1'

export const carryOutRecords = (
  { action }: Pick<ChangeRequest, 'action'>,
  template: Template & { records: Records<unknown> },
  input: Omit<RenderInput<unknown>, 'guardsLifted'>,
  snapshot: Snapshot,
  sha256: Sha256,
): Outcome => {
  const removing = action === 'delete'
  const prefixes = recordPrefixes(template.records.directory, input.name)
  const rendered = render(template, { ...input, guardsLifted: false })
  const next = removing
    ? []
    : rendered.files.map((file) => ({ ...file, digest: `sha256:${sha256(file.content)}` }))
  // What an earlier resource of the name left for the engines stays theirs.
  const left = snapshot.standing.filter(({ path }) => !confine(path, prefixes))
  const standing = snapshot.standing.filter(({ path }) => confine(path, prefixes))
  const changed = changedFiles(next, standing)
  const destroys = destroyList(changed, template, sha256)
  const files = destroys?.objects.length ?? 0
  return {
    phase: removing ? 'remove' : 'only',
    targets: [],
    changed,
    stands: [...next.map(({ path, digest }) => ({ path, digest })), ...left],
    destroys,
    objects: [],
    findings: [
      ...guard(rendered, changed, {
        ...{ tenantSlug: snapshot.tenant.slug, tenantId: snapshot.tenant.id },
        ...{ cluster: '', guardsLifted: removing },
      }),
      ...(files > 0
        ? [
            finding('DESTROYS', `${files} files of records go; nothing that runs is touched.`, {
              pointer: '/action',
              numbers: { objects: files, holdingData: 0 },
            }),
          ]
        : []),
    ],
  }
}

/** Every file that goes, by its path. */
const destroyList = (
  changed: Outcome['changed'],
  { kind }: Template,
  sha256: Sha256,
): DestroyList | null => {
  const gone = changed.filter(({ action }) => action === 'remove')
  if (gone.length === 0) return null
  const objects = gone.map(({ path }) => ({
    ...{ apiVersion: RECORD_API, kind, name: path, holdsData: false },
  }))
  return { objects, digest: `sha256:${sha256(canonicalJson(objects))}` }
}
