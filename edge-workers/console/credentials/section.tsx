// The frame of the tenant's pages about credentials: the ways between them that their reader may go, a heading, a refusal in words.
import type { Child } from 'hono/jsx'
import { type Action, mayDo, type Principal } from '../../../schemas/principal.ts'
import type { Refusal, Result } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { AppContext } from '../../http/context.ts'
import { refusedPage } from '../answers.tsx'
import { inWords } from '../forms.ts'
import { answerPageHtml } from '../layout.tsx'
import { Refused } from '../refused.tsx'
import { TenantLink } from '../tenant-link.tsx'

/** Below /t/{tenant}/credentials; what its page needs; its name. */
const WAYS: readonly (readonly [string, Action, string])[] = [
  ['', 'credentials.read', 'Credentials'],
  ['/offers', 'credentials.read', 'Offers'],
  ['/configurations', 'configurations.read', 'Configurations'],
  ['/issuer', 'issuer.read', 'Issuer'],
  ['/presentations', 'presentations.read', 'Presentation requests'],
  ['/trusted-issuers', 'presentations.read', 'Trusted issuers'],
]

export const rootOf = (tenant: string): string => `/t/${tenant}/credentials`

const Ways = ({ tenant, who, at }: { tenant: string; who: Principal; at: string }) => (
  <nav class="row sections" aria-label="Credentials">
    {WAYS.filter(([, action]) => mayDo(who, action)).map(([path, , name]) => (
      <a href={`${rootOf(tenant)}${path}`} aria-current={path === at ? 'page' : undefined}>
        {name}
      </a>
    ))}
  </nav>
)

/** A form has no pointers: what they point at says it. */
const wordsOf = (refusal: Refusal): string =>
  refusal.errors?.length ? refusal.errors.map(({ detail }) => detail).join(' ') : inWords(refusal)

export interface Section {
  /** What the page needs. */
  action: Action
  title: string
  /** Which of the ways this is. */
  at: string
  refusal?: Refusal | undefined
}

/** A page of this section. Its body is made for whoever the actor says is reading. */
export const answerSection = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  { action, title, at, refusal }: Section,
  body: (who: Principal) => Promise<Result<Child>>,
): Promise<Response> => {
  const who = await tenant.whoAmI(caller, action)
  if (!who.ok) return refusedPage(c, who.refusal)
  const shown = await body(who.value)
  if (!shown.ok) return refusedPage(c, shown.refusal)
  return answerPageHtml(
    c,
    { title, status: refusal ? 409 : 200 },
    <>
      <TenantLink tenant={entry.slug} />
      <Ways tenant={entry.slug} who={who.value} at={at} />
      <h1>{title}</h1>
      <Refused words={refusal && wordsOf(refusal)} />
      {shown.value}
    </>,
  )
}
