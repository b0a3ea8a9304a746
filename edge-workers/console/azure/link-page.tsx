// What a browser shows at the link to a machine's script: looking at it uses nothing up, the button does.
import type { ArcMachineWalletCalls } from '../../actors/tenant/arc/machines/wallet-contracts.ts'
import { minute } from '../text.tsx'

type Look = ArcMachineWalletCalls['arc-machines.look']['output']

export const LinkPage = ({ name, expiresAt, simulated, command }: Look & { command: string }) => (
  <>
    <h1>
      Connect <span class="mono">{name}</span> to Azure Arc
    </h1>
    <p>
      This link is for one download, until {minute(expiresAt)}. Looking at this page uses nothing
      up. On the machine itself, as root:
    </p>
    <pre class="secret">{command}</pre>
    {simulated ? (
      <p class="note warn">
        Simulated: on this laptop the script installs nothing; the simulated agent reads it.
      </p>
    ) : null}
    <p>
      Or download it here, and bring it to the machine. It holds a token: keep it nowhere, and
      delete it when it has run.
    </p>
    <form method="post" class="row">
      <button type="submit" name="format" value="script">
        Download the script
      </button>
      <button type="submit" name="format" value="cloud-init" class="quiet">
        Download as cloud-init
      </button>
    </form>
  </>
)

export const GoneLinkPage = ({ spent }: { spent: string | null }) => (
  <>
    <h1>This link is not good</h1>
    <p>
      {spent ??
        'A link to a script is for one download within fifteen minutes. Whoever registered the machine can make another one on its page.'}
    </p>
  </>
)
