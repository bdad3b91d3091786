import type { ComponentChildren } from 'preact';

/** Paragraphs of a description: a blank line parts them, `…` is code, **…** is strong. */
export const Words = ({ text }: { readonly text: string }) => (
  <>
    {text.split('\n\n').map((paragraph) => (
      <p>
        <Line text={paragraph} />
      </p>
    ))}
  </>
);

/** The same within a line. */
export const Line = ({ text }: { readonly text: string }) => <>{text.split(/(`[^`]+`|\*\*.+?\*\*)/).map(marked)}</>;

function marked(part: string): ComponentChildren {
  if (part.startsWith('`') && part.length > 2) return <code>{part.slice(1, -1)}</code>;
  if (part.startsWith('**') && part.length > 4) {
    return (
      <strong>
        <Line text={part.slice(2, -2)} />
      </strong>
    );
  }
  return part;
}
