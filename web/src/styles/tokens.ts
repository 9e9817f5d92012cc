/**
 * The design tokens: the only place that holds literal colours and sizes. The build turns them
 * into CSS variables (virtual:tokens.css); the UI kit's theme and the grid read them from here.
 */

/** The two schemes a page can be drawn in. */
export type Scheme = "light" | "dark";

/** How much room a row and a control take. */
export type Density = "compact" | "normal" | "roomy" | "touch";

const light = {
  bg: "#ffffff",
  "bg-subtle": "#f6f7f9",
  "bg-raised": "#ffffff",
  "bg-hover": "#eef0f3",
  "bg-selected": "#e6edfd",
  text: "#1b2430",
  "text-2": "#4a5565",
  "text-3": "#5d6878",
  brand: "#2f54c9",
  "brand-hover": "#2445a8",
  "brand-text": "#ffffff",
  link: "#2f54c9",
  danger: "#c4281c",
  "danger-bg": "#fdf0ef",
  warning: "#8a5300",
  "warning-bg": "#fdf6e7",
  success: "#1a7342",
  "success-bg": "#edf8f1",
  info: "#0b6b91",
  "info-bg": "#ecf6fb",
  border: "#868f9f",
  line: "#e3e6eb",
  focus: "#2f54c9",
  "chart-1": "#2f54c9",
  "chart-2": "#c2570c",
  "chart-3": "#1a7f5a",
  "chart-4": "#8e3bb0",
  "chart-5": "#b3261e",
  "chart-6": "#0b7ea3",
  "chart-7": "#7a6a00",
  "chart-8": "#5b6576",
  scrim: "rgb(27 36 48 / 45%)",
  "shadow-popover": "0 4px 16px rgb(27 36 48 / 14%)",
  "shadow-modal": "0 12px 40px rgb(27 36 48 / 22%)",
};

/** The name of a colour token. */
export type Colour = keyof typeof light;

const dark: Record<Colour, string> = {
  bg: "#12161d",
  "bg-subtle": "#1a2029",
  "bg-raised": "#222a35",
  "bg-hover": "#222a35",
  "bg-selected": "#1c2a52",
  text: "#e8ebf0",
  "text-2": "#b4bccb",
  "text-3": "#98a2b3",
  brand: "#9db4f8",
  "brand-hover": "#b8c8fa",
  "brand-text": "#0b1220",
  link: "#7c9cf5",
  danger: "#ff8a80",
  "danger-bg": "#33191b",
  warning: "#f0b357",
  "warning-bg": "#2e2413",
  success: "#6fcf97",
  "success-bg": "#152a20",
  info: "#6cc3e6",
  "info-bg": "#122833",
  border: "#667085",
  line: "#2b3340",
  focus: "#9db4f8",
  "chart-1": "#7c9cf5",
  "chart-2": "#f2a65a",
  "chart-3": "#6fcf97",
  "chart-4": "#c99bf0",
  "chart-5": "#ff8a80",
  "chart-6": "#6cc3e6",
  "chart-7": "#d6c64f",
  "chart-8": "#a8b3c4",
  scrim: "rgb(0 0 0 / 60%)",
  "shadow-popover": "0 4px 16px rgb(0 0 0 / 50%)",
  "shadow-modal": "0 12px 40px rgb(0 0 0 / 60%)",
};

/** The colours of each scheme. */
export const colours: Record<Scheme, Record<Colour, string>> = { light, dark };

type HuePair = readonly [text: string, background: string];

/** The twelve hues that options may name; text on background, light then dark. */
export const hues = {
  slate: { light: ["#3f4a5a", "#eef0f3"], dark: ["#c3cbd8", "#2a323d"] },
  blue: { light: ["#2445a8", "#e6edfd"], dark: ["#a9c0fb", "#1c2a52"] },
  cyan: { light: ["#0a5a7a", "#e0f3fa"], dark: ["#8fd3ee", "#123848"] },
  teal: { light: ["#0b5f55", "#dff5f0"], dark: ["#86d9cb", "#12393a"] },
  green: { light: ["#17603a", "#e3f5e9"], dark: ["#8ad7a8", "#163a27"] },
  lime: { light: ["#4a5e06", "#eff6d9"], dark: ["#c3d978", "#2c3710"] },
  amber: { light: ["#7a4a00", "#fdf1d8"], dark: ["#f2c26b", "#43300c"] },
  orange: { light: ["#8f3d06", "#feeadd"], dark: ["#f7ad80", "#472412"] },
  red: { light: ["#a3231a", "#fde7e5"], dark: ["#ffa19a", "#491d1b"] },
  pink: { light: ["#97195f", "#fce6f1"], dark: ["#f59fc9", "#47172f"] },
  purple: { light: ["#5f2ca8", "#f1e9fd"], dark: ["#cdb0f8", "#31204f"] },
  indigo: { light: ["#3f37a6", "#e8e8fd"], dark: ["#b5b2fa", "#25224f"] },
} as const satisfies Record<string, Record<Scheme, HuePair>>;

/** Pixel sizes that scripts need as numbers; each is also a CSS variable. */
export const sizes = {
  "space-1": 4,
  "space-2": 8,
  "space-3": 12,
  "space-4": 16,
  "space-5": 24,
  "space-6": 32,
  "space-7": 48,
  "radius-chip": 4,
  "radius-control": 6,
  "radius-card": 8,
  "radius-sheet": 12,
  hairline: 1,
  ring: 2,
  "text-caption": 12,
  "text-compact": 13,
  "text-body": 14,
  "text-h3": 16,
  "text-h2": 18,
  "text-h1": 22,
  "leading-caption": 18,
  "leading-body": 22,
  "leading-h3": 24,
  "leading-h2": 26,
  "leading-h1": 30,
  "topbar-height": 48,
  "bottombar-height": 56,
  "nav-width": 208,
  "nav-width-folded": 56,
  target: 24,
  "touch-target": 44,
  "icon-small": 16,
  icon: 20,
  "card-height": 116,
  "board-column": 280,
  "gallery-height": 264,
  "gallery-cover": 120,
  "split-width": 340,
  "split-row": 64,
  "card-row": 64,
  "chart-height": 180,
  "chart-dot": 10,
  "text-hero": 28,
  "leading-hero": 36,
  "cell-min": 72,
  "cell-narrow": 112,
  "cell-normal": 176,
  "cell-wide": 224,
  "cell-check": 40,
  "column-step": 16,
  "panel-width": 360,
  "popover-width": 440,
  "dialog-width": 520,
  "quick-width": 480,
  "form-width": 880,
  "text-width": 640,
  "sign-in-width": 384,
  "control-width": 240,
  "control-narrow": 136,
} as const;

/** Row and control heights by density. */
export const densities: Record<Density, { row: number; control: number; font: number }> = {
  compact: { row: 32, control: 28, font: 13 },
  normal: { row: 40, control: 34, font: 14 },
  roomy: { row: 48, control: 40, font: 14 },
  touch: { row: 48, control: 44, font: 14 },
};

/** The widths in pixels at which the layout changes. */
export const breakpoints = { phone: 640, narrow: 1024, wide: 1440 } as const;

/** How long a state, a popover and a sheet take, in seconds (the UI kit's unit). */
export const motion = { state: 0.08, popover: 0.14, sheet: 0.2 } as const;

const zh = `"PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei UI", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif`;

/** Font stacks; the page's language chooses between the first two. */
export const fonts = {
  zh: `system-ui, -apple-system, "Segoe UI", ${zh}`,
  en: `system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, ${zh}`,
  mono: `ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "Noto Sans Mono CJK SC", monospace`,
};

/** All tokens as a style sheet. */
export function tokensCss(): string {
  const block = (selector: string, lines: string[]) => `${selector} {\n${lines.join("\n")}\n}\n`;
  const scheme = (name: Scheme) => [
    `color-scheme: ${name};`,
    ...Object.entries(colours[name]).map(([key, value]) => `--${key}: ${value};`),
    ...Object.entries(hues).flatMap(([hue, pair]) => [
      `--hue-${hue}: ${pair[name][0]};`,
      `--hue-${hue}-bg: ${pair[name][1]};`,
    ]),
  ];
  const density = (name: Density) => [
    `--row-height: ${densities[name].row}px;`,
    `--control-height: ${densities[name].control}px;`,
    `--text-row: ${densities[name].font}px;`,
  ];
  return [
    block(":root", [
      ...scheme("light"),
      ...density("normal"),
      ...Object.entries(sizes).map(([key, value]) => `--${key}: ${value}px;`),
      ...Object.entries(motion).map(([key, value]) => `--motion-${key}: ${value * 1000}ms;`),
      `--font: ${fonts.en};`,
      `--font-mono: ${fonts.mono};`,
    ]),
    ...Object.keys(hues).map((hue) =>
      block(`[data-hue="${hue}"]`, [
        `--hue: var(--hue-${hue});`,
        `--hue-bg: var(--hue-${hue}-bg);`,
      ]),
    ),
    block(":root:lang(zh)", [`--font: ${fonts.zh};`]),
    block(':root[data-theme="dark"]', scheme("dark")),
    block(':root[data-density="compact"]', density("compact")),
    block(':root[data-density="roomy"]', density("roomy")),
    block(':root[data-density="touch"]', [...density("touch"), "--target: var(--touch-target);"]),
  ].join("\n");
}
