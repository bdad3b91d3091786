/** One column: what it stands for, and how much of each series is in it. */
export interface ChartColumn {
  /** Under the column; empty where there is no room for each. */
  readonly label: string;
  /** The whole of it in words. */
  readonly words: string;
  readonly values: readonly number[];
}

export interface StackedColumnsProps {
  /** Its own on the page. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in a sentence, for whoever does not see it. */
  readonly description: string;
  /** The names of the series, from below. At most three. */
  readonly series: readonly string[];
  readonly columns: readonly ChartColumn[];
  /** Writes a number of the axis. */
  readonly write: (value: number) => string;
}

/** Height and places in pixels; across it is all in percent, so that nothing written is ever scaled. */
const HEIGHT = 208;
const TOP = 18;
const BOTTOM = 182;
/** For the numbers of the axis. */
const LEFT = 8;

/**
 * Columns that stand on each other, with a legend in their order. The series are told apart by their order and by what they are filled
 * with, not by their colours alone. The same numbers belong into a table beside it.
 */
export const StackedColumns = ({ id, title, description, series, columns, write }: StackedColumnsProps) => {
  const top = topOfAxis(Math.max(...columns.map(({ values }) => sum(values)), 0));
  const lines = [0, top / 2, top].filter((value) => Number.isInteger(value));
  const slot = (100 - LEFT) / Math.max(columns.length, 1);
  const width = Math.min(slot * 0.72, 14);
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <ul class="legend">
          {series.map((name, index) => (
            <li>
              <svg width="14" height="14" aria-hidden="true" focusable="false">
                <Block id={id} series={index} x="0" y={0} width="14" height={14} />
              </svg>{' '}
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <svg class="chart" width="100%" height={HEIGHT} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{description}</desc>
        <Patterns id={id} />
        {lines.map((value) => (
          <line class="axis" x1="0" x2="100%" y1={placeOf(value, top)} y2={placeOf(value, top)} />
        ))}
        {columns.map(({ label, words, values }, index) => {
          const left = LEFT + slot * index;
          return (
            <g>
              <title>{words}</title>
              {values.map((value, at) => {
                const base = placeOf(sum(values.slice(0, at)), top);
                const y = placeOf(sum(values.slice(0, at + 1)), top);
                return value === 0 ? null : (
                  <Block
                    id={id}
                    series={at}
                    x={percent(left + (slot - width) / 2)}
                    y={y}
                    width={percent(width)}
                    height={base - y}
                  />
                );
              })}
              {label !== '' && (
                <text {...placeOfLabel(left + slot / 2, index === columns.length - 1)} y={HEIGHT - 8}>
                  {label}
                </text>
              )}
            </g>
          );
        })}
        {lines.map((value) => (
          <text class="over" x="0" y={placeOf(value, top) - 3}>
            {write(value)}
          </text>
        ))}
      </svg>
    </figure>
  );
};

/** A number as a bar, in a cell of a table that says it in words. */
export const Bar = ({ value, most }: { readonly value: number; readonly most: number }) => (
  <svg class="chart measure" width="100%" height="10" aria-hidden="true" focusable="false">
    <rect class="bar-3" x="0" y="0" width={percent(most === 0 ? 0 : (100 * value) / most)} height="10" />
  </svg>
);

interface BlockProps {
  readonly id: string;
  readonly series: number;
  readonly x: string;
  readonly y: number;
  readonly width: string;
  readonly height: number;
}

/** Its colour, and over it what tells it apart without. */
const Block = ({ id, series, ...place }: BlockProps) => (
  <>
    <rect class={`bar-${series + 1}`} {...place} />
    {series > 0 && <rect fill={`url(#${id}-fill-${series + 1})`} {...place} />}
  </>
);

const Patterns = ({ id }: { readonly id: string }) => (
  <defs>
    <pattern id={`${id}-fill-2`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch" width="2" height="6" />
    </pattern>
    <pattern id={`${id}-fill-3`} width="6" height="6" patternUnits="userSpaceOnUse">
      <circle class="hatch" cx="3" cy="3" r="1.4" />
    </pattern>
  </defs>
);

/** The last one ends with the chart, where it is wider than its column. */
const placeOfLabel = (middle: number, isLast: boolean) =>
  isLast && middle > 95
    ? ({ x: '100%', 'text-anchor': 'end' } as const)
    : ({ x: percent(middle), 'text-anchor': 'middle' } as const);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const placeOf = (value: number, top: number) => BOTTOM - ((BOTTOM - TOP) * value) / top;

/** A round number that nothing is above: 2, 4, 10, 20, 50, 100 … so that its half is one too. */
function topOfAxis(most: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [2, 4, 6, 8, 10, 20].map((step) => step * size).find((top) => top >= most) ?? 20 * size;
}

/** So few digits that the page stays small. */
const percent = (share: number) => `${Math.round(share * 100) / 100}%`;
