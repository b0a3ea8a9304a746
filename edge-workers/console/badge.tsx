// A word with the colour of its meaning.

const TONE: Record<string, string> = {
  applied: 'good',
  healthy: 'good',
  green: 'good',
  failed: 'bad',
  degraded: 'bad',
  rejected: 'bad',
  merged_unauthorised: 'bad',
  red: 'warn',
  block: 'bad',
  warn: 'warn',
}

export const Badge = ({ text }: { text: string }) => (
  <span class={`badge ${TONE[text] ?? ''}`}>{text.replaceAll('_', ' ')}</span>
)
