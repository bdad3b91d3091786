import type { ComponentChildren } from 'preact';

interface TableProps {
  readonly id: string;
  readonly caption: ComponentChildren;
  readonly columns: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table that scrolls by itself where the screen is narrow, also by the keyboard. */
export const Table = ({ id, caption, columns, rows }: TableProps) => (
  <div class="scroll" role="region" aria-labelledby={id} tabIndex={0}>
    <table>
      <caption id={id}>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([heading, ...cells]) => (
          <tr>
            <th scope="row">{heading}</th>
            {cells.map((cell) => (
              <td>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** Code of no language that people speak: not read out as words, not translated. */
export const Code = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <figure>
    <figcaption>{label}</figcaption>
    <pre lang="zxx" translate={false} tabIndex={0}>
      <code>{text}</code>
    </pre>
  </figure>
);
