// Why something was refused, on the page where it was asked for.
export const Refused = ({ words }: { words: string | null | undefined }) =>
  words ? (
    <p class="note bad" role="alert">
      {words}
    </p>
  ) : null
