// People on pages: by the handle that their tenant calls them, with the pseudonym that Git and the log have behind it. Whoever
// was erased has no handle any more, and neither has what is no member: the forge, Phoenix itself.
import { createContext, useContext } from 'hono/jsx'
import type { Entered } from '../auth/door.ts'

type Handles = Readonly<Record<string, string>>

/** Of everybody on the page. */
export const People = createContext<Handles>({})

export const Person = ({ id }: { id: string }) => {
  const handles = useContext(People)
  const handle = Object.hasOwn(handles, id) ? handles[id] : undefined
  return handle === undefined ? <span>{id}</span> : <span title={id}>{handle}</span>
}

/** A page without handles is still a page: whoever may not know them reads pseudonyms. */
export const handlesOf = async (
  { tenant, caller }: Pick<Entered, 'tenant' | 'caller'>,
  ids: readonly (string | null)[],
): Promise<Handles> => {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  const found = wanted.length === 0 ? null : await tenant.call(caller, 'members.names', wanted)
  return found?.ok ? found.value : {}
}
