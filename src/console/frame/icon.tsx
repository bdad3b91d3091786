/** Drawn here: the fonts of a server's browser lack such signs, and a state is never told by colour alone. */
const paths = {
  open: 'M8 3v6M8 12.2v.1',
  taken: 'M8 7.2a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8ZM3 14c.5-2.8 2.4-4.2 5-4.2s4.500 1.400 5 4.200',
  done: 'M3 8.500 6.500 12 13 4.500',
  off: 'M4 8h8',
  waiting: 'M8 4v4l2.600 1.600M8 14.200A6.200 6.200 0 1 0 8 1.800a6.200 6.200 0 0 0 0 12.400Z',
  late: 'M8 1.800 15 14H1L8 1.800ZM8 6v4M8 12v.1',
  copy: 'M5.500 5.500h7v8h-7zM3.500 10.500v-8h7',
  out: 'M9 3h4v4M13 3 7.500 8.500M11 9.500V13H3V5h3.500',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.600 10.600 14 14',
} as const;

export type IconName = keyof typeof paths;

/** A decoration: the word stands beside it. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path
      d={paths[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);
