// A link or a token, shown to whoever made it in the answer to his form, and never again.
export const SecretShown = ({ what, secret }: { what: string; secret: string }) => (
  <section class="note good" role="status">
    <p>
      <strong>{what} is shown once.</strong> Copy it now: only a digest of it is kept.
    </p>
    <pre class="secret">{secret}</pre>
  </section>
)
