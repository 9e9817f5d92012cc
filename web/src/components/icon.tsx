/** The one outline set: 24 units, 1.5 px strokes at 16 or 20 px. */
const paths = {
  archive: "M4 4h16v4H4zM5.5 8v12h13V8M10 12h4",
  "arrow-down": "M12 5v14M6 13l6 6 6-6",
  "arrow-left": "M19 12H5M11 6l-6 6 6 6",
  "arrow-right": "M5 12h14M13 6l6 6-6 6",
  "arrow-up": "M12 19V5M6 11l6-6 6 6",
  bell: "M6 17V11a6 6 0 0112 0v6l1.5 1.5h-15zM10 21h4",
  board: "M4 4.5h4.5v15H4zM10 4.5h4.5V14H10zM16 4.5h4.5v11H16z",
  briefcase: "M4 8h16v11H4zM9 8V5h6v3M4 13h16",
  building: "M5 21V4h10v17M15 9h4v12M3 21h18M8.5 8h3M8.5 12h3M8.5 16h3",
  calendar: "M4 6h16v14H4zM4 10.5h16M8.5 3.5V8M15.5 3.5V8",
  check: "M5 12.5l4.5 4.5L19 7.5",
  "chevron-down": "M6 9l6 6 6-6",
  "chevron-left": "M15 6l-6 6 6 6",
  "chevron-right": "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  columns: "M4 5h16v14H4zM9.5 5v14M14.5 5v14",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  density: "M4 6h16M4 10h16M4 14h16M4 18h16",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  filter: "M4 5h16l-6.5 8v6l-3 1.5V13z",
  gallery: "M4 4h7v7H4zM13.5 4h7v7h-7zM4 13.5h7v7H4zM13.5 13.5h7v7h-7z",
  gauge: "M4 18a9 9 0 1116 0M12 15l4-5M12 15v.5",
  globe: "M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
  grip: "M9 6v.5M15 6v.5M9 12v.5M15 12v.5M9 18v.5M15 18v.5",
  history: "M4 12a8 8 0 108-8c-3 0-5.5 1.5-7 4M4 4v4.5h4.5M12 8v4.5l3 2",
  home: "M4 11l8-7 8 7M6 9.5V20h12V9.5",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h4.5l1.5 3h4l1.5-3H20",
  info: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5v.5",
  key: "M15 4a5 5 0 11-4.6 7L4 17.5V20h3v-2h2v-2h2l1.4-1.5A5 5 0 1115 4zM16 8v.5",
  list: "M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.5M4 12h.5M4 18h.5",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
  mail: "M3.5 6h17v12.5h-17zM4 7l8 6.5L20 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  minus: "M5 12h14",
  monitor: "M3.5 5h17v11h-17zM9 20h6M12 16v4",
  moon: "M20 14.5A8 8 0 119.5 4a6.5 6.5 0 0010.5 10.5z",
  more: "M4.5 12a.8.8 0 101.6 0 .8.8 0 10-1.6 0M11.2 12a.8.8 0 101.6 0 .8.8 0 10-1.6 0M17.9 12a.8.8 0 101.6 0 .8.8 0 10-1.6 0",
  phone:
    "M6 4h3.5l1.5 4.5-2 1.5a11 11 0 005 5l1.5-2 4.5 1.5V18a2 2 0 01-2 2A14 14 0 014 6a2 2 0 012-2z",
  plus: "M12 5v14M5 12h14",
  refresh: "M20 12a8 8 0 11-2.5-5.8M20 3.5V8h-4.5",
  search: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20 20",
  settings: "M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h9M17 17h3M15 15v4",
  sort: "M7 5v14M4 16l3 3 3-3M17 19V5M14 8l3-3 3 3",
  split: "M4 5h16v14H4zM10 5v14M6 8.5h2M6 12h2",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
  "star-full": "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
  table: "M4 5h16v14H4zM4 9.5h16M4 14h16M10 5v14",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5v.5",
  trash: "M4 7h16M9.5 7V4.5h5V7M6 7l1 13h10l1-13M10 11v5.5M14 11v5.5",
  "trending-up": "M4 17l6-6 4 4 6-8M15 7h5v5",
  undo: "M9 6L4.5 10.5 9 15M5 10.5h9a5 5 0 010 10h-3",
  upload: "M12 20V8.5M7 13l5-5 5 5M4 4h16",
  user: "M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20a7.5 7.5 0 0115 0",
  "user-plus": "M10 4a4 4 0 100 8 4 4 0 000-8zM3 20a7 7 0 0114 0M19 8v6M16 11h6",
  users:
    "M9 5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM2.5 19.5a6.5 6.5 0 0113 0M15.5 5.3a3.5 3.5 0 010 6.4M18 14a6.5 6.5 0 013.5 5.5",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17v.5",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** Whether a name from a definition is one of the set. */
export function isIconName(name: string | undefined): name is IconName {
  return name !== undefined && Object.hasOwn(paths, name);
}

/** A picture beside a text; it says nothing by itself to those who cannot see it. */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  const size = large ? "var(--icon)" : "var(--icon-small)";
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      viewBox="0 0 24 24"
      fill={name === "star-full" ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={large ? 1.8 : 2.1}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ width: size, height: size, flex: "none" }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
