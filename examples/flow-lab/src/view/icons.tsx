// Every icon of the page, drawn on 20 × 20. They say nothing that the text beside them does not.

const PATHS = {
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  cross: 'M5.5 5.5l9 9m0-9l-9 9',
  warn: 'M10 3.5l7.5 13h-15zM10 8.5v3.5m0 2.2v.1',
  info: 'M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM10 9.5v4m0-6.8v.1',
  again: 'M4 8a6.5 6.5 0 0111-2.5L16.5 7M16.5 3.5V7H13M16 12a6.5 6.5 0 01-11 2.5L3.5 13M3.5 16.5V13H7',
  webhook:
    'M7.5 7.5a2.8 2.8 0 114.2 2l2.6 4.5M9 9.5l-2.5 4.5M6 16.8a2.5 2.5 0 112.4-3.1H14.5M14 16.8a2.5 2.5 0 100-4.8',
  schedule: 'M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM10 5.8V10l2.8 2',
  code: 'M7 6l-4 4 4 4m6-8l4 4-4 4M11.5 4.5l-3 11',
  globe:
    'M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM2.8 10h14.4M10 2.5c2.5 2.2 3.2 5 3.2 7.5s-.7 5.3-3.2 7.5c-2.5-2.2-3.2-5-3.2-7.5s.7-5.3 3.2-7.5z',
  card: 'M3 5.5h14a1 1 0 011 1v7a1 1 0 01-1 1H3a1 1 0 01-1-1v-7a1 1 0 011-1zM2 8.5h16M5 12h3',
  loop: 'M5 8.5a5 5 0 015-4h4m-2.5-2.5L14 4.5 11.5 7M15 11.5a5 5 0 01-5 4H6m2.5 2.5L6 15.5 8.5 13',
  router:
    'M3 10h4c3 0 3-4.5 6-4.5h4M7 10c3 0 3 4.5 6 4.5h4M14.8 3.3L17 5.5l-2.2 2.2M14.8 12.3l2.2 2.2-2.2 2.2',
  piece: 'M8 3.5h4v2a1.5 1.5 0 003 0h1.5v4h-1.5a1.5 1.5 0 000 3h1.5v4h-13v-13H8z',
  message: 'M3.5 4.5h13v9H10l-3.5 3v-3h-3z',
  file: 'M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4',
  paste: 'M7 4H4.5v13.5h11V4H13M7 2.5h6v3H7z',
  download: 'M10 3v9m-3.5-3.5L10 12l3.5-3.5M3.5 16.5h13',
  upload: 'M10 13V4M6.5 7.5L10 4l3.5 3.5M3.5 16.5h13',
  link: 'M8.5 11.5a3 3 0 004.2 0l2.6-2.6a3 3 0 00-4.2-4.2l-1 1M11.5 8.5a3 3 0 00-4.2 0l-2.6 2.6a3 3 0 004.2 4.2l1-1',
  play: 'M6.5 4.5l9 5.5-9 5.5z',
  pause: 'M7 4.5v11M13 4.5v11',
  back: 'M12.5 4.5L7 10l5.5 5.5',
  forward: 'M7.5 4.5L13 10l-5.5 5.5',
  down: 'M5 7.5l5 5 5-5',
  lock: 'M5.5 9h9v8h-9zM7.5 9V6.5a2.5 2.5 0 015 0V9',
  shield: 'M10 2.5l6 2.2v4.6c0 3.9-2.6 6.9-6 8.2-3.4-1.3-6-4.3-6-8.2V4.7z',
  sun: 'M10 13.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM10 2v1.8m0 12.4V18M2 10h1.8m12.4 0H18M4.3 4.3l1.3 1.3m8.8 8.8l1.3 1.3m0-11.4l-1.3 1.3m-8.8 8.8l-1.3 1.3',
  moon: 'M16.5 11.8A7 7 0 018.2 3.5a7 7 0 108.3 8.3z',
  system: 'M3 4h14v9.5H3zM7.5 17h5M10 13.5V17',
  search: 'M8.7 14.5a5.8 5.8 0 100-11.6 5.8 5.8 0 000 11.6zM13 13l4 4',
  wrench: 'M12.5 7.5l4-2.5a4.5 4.5 0 01-6 5.5l-5 5.5-2-2 5.5-5a4.5 4.5 0 015.5-6z',
  bolt: 'M11 2.5L4.5 11.5H9.5L9 17.5l6.5-9H10.5z',
  block: 'M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM5 5l10 10',
  dot: 'M10 12.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  inbox: 'M3 11.5l2.5-7h9l2.5 7v5H3zM3 11.5h4l1 2h4l1-2h4',
  close: 'M5.5 5.5l9 9m0-9l-9 9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
