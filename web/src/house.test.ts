/** The rules of the house: floors, doors, one place for colours and sizes, both languages whole. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./i18n/en.json";
import zh from "./i18n/zh-CN.json";
import { breakpoints } from "./styles/tokens";

const root = resolve(__dirname);
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(tsx?|css)$/.test(name),
);
const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
const product = sources.filter(
  (name) => !/\.test\.tsx?$/.test(name) && !name.startsWith("testing"),
);

const floors: Readonly<Record<string, number>> = {
  main: 6,
  app: 5,
  features: 4,
  kinds: 3,
  actions: 3,
  components: 2,
  api: 1,
  lib: 0,
  i18n: 0,
  styles: 0,
};

function textOf(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** The files that a file imports, as paths from src. */
function importsOf(name: string): string[] {
  const found = textOf(name).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return Array.from(found, ([, path = ""]) => path).flatMap((path) => {
    if (path.startsWith("@/")) return path.slice(2);
    if (path.startsWith(".")) return relative(root, resolve(root, dirname(name), path));
    return [];
  });
}

function roomOf(path: string): string {
  return path.split("/")[0]?.replace(/\.tsx?$/, "") ?? "";
}

function featureOf(path: string): string | null {
  const [room, feature] = path.split("/");
  return room === "features" && feature ? feature : null;
}

describe("the house", () => {
  it("imports only downwards, and features never each other", () => {
    const wrong = product.flatMap((name) =>
      importsOf(name)
        .filter((target) => {
          const [from, to] = [roomOf(name), roomOf(target)];
          if (from === to) return featureOf(name) !== featureOf(target);
          const [above, below] = [floors[from], floors[to]];
          return above === undefined || below === undefined || above <= below;
        })
        .map((target) => `${name} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("lets only components use the UI kit", () => {
    const kit = /from "(antd|@ant-design|@rc-component)/;
    const users = sources.filter((name) => kit.test(textOf(name)));
    expect(users.filter((name) => !name.startsWith("components/"))).toEqual([]);
  });

  it("asserts types only where answers come in", () => {
    const assertion = /\bas (?!const\b)[A-Za-z{[("]/;
    const wrong = product
      .filter((name) => !name.startsWith("api/"))
      .filter((name) => withoutTexts(textOf(name)).some((line) => assertion.test(line)));
    expect(wrong).toEqual([]);
  });

  it("holds colours and sizes in the tokens alone", () => {
    const literal = /#[0-9a-f]{3,8}\b|\b\d+(\.\d+)?(px|rem|em)\b|\brgba?\(|\bhsla?\(/i;
    const widths = Object.values(breakpoints).map((width) => `${width}px`);
    const wrong = files
      .filter((name) => !name.startsWith("styles/") && !/\.test\.tsx?$/.test(name))
      .flatMap((name) =>
        withoutComments(textOf(name))
          .split("\n")
          .filter((line) => literal.test(line))
          .filter((line) => {
            const media = line.startsWith("@media");
            return !(media && widths.some((width) => line.includes(width)));
          })
          .map((line) => `${name}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it("makes new ids where the page came over plain http too", () => {
    const missing = product.filter((name) => withoutComments(textOf(name)).includes("randomUUID"));
    expect(missing).toEqual([]);
  });

  it("keeps every file readable in one sitting", () => {
    const long = sources.filter((name) => textOf(name).split("\n").length > 300);
    expect(long).toEqual([]);
  });
});

/** Lines of code without strings, templates, imports and comments. */
function withoutTexts(text: string): string[] {
  return withoutComments(text)
    .replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/(?![/*])(?:[^/\\\n]|\\.)+\//g, '""')
    .replace(/^(import|export) [^;]*;/gm, (statement) =>
      / from /.test(statement) ? "" : statement,
    )
    .split("\n")
    .map((line) => line.replace(/>[^<>{}]*</g, "><"));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

type Texts = { readonly [key: string]: string | Texts };

function keysOf(texts: Texts, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string" ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

const base = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, "");
const textAt = (texts: Texts, key: string): string => {
  const value = key.split(".").reduce<string | Texts | undefined>((at, part) => {
    return typeof at === "object" ? at[part] : undefined;
  }, texts);
  return typeof value === "string" ? value : "";
};

describe("the texts", () => {
  it("are the same in both languages", () => {
    const [english, chinese] = [keysOf(en), keysOf(zh)].map((keys) => [...new Set(keys.map(base))]);
    expect(chinese).toEqual(english);
  });

  it("have every plural form that their language asks for", () => {
    for (const [language, texts] of [
      ["en", en],
      ["zh-CN", zh],
    ] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const plural = keysOf(texts).filter((key) => key !== base(key));
      const wanted = [...new Set(plural.map(base))].flatMap((key) =>
        forms.map((form) => `${key}_${form}`),
      );
      expect(new Set(plural)).toEqual(new Set(wanted));
    }
  });

  it("leave the same places for values in both languages", () => {
    const places = (text: string) =>
      new Set(Array.from(text.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name));
    const wrong = keysOf(zh).filter((key) => {
      const english = places(textAt(en, key));
      for (const place of places(textAt(zh, key))) if (!english.has(place)) return true;
      return false;
    });
    expect(wrong).toEqual([]);
  });

  it("are all used", () => {
    const all = product.map(textOf).join("\n");
    const named = Array.from(all.matchAll(/["']([a-zA-Z]+(?:\.[\w]+)+)["']/g), ([, key]) => key);
    const made = /(?:\bt\(|i18nKey=\{)\s*`([^`$]+)\$\{[^}]+\}([^`]*)`/g;
    const patterns = Array.from(all.matchAll(made), ([, before = "", after = ""]) => {
      return { before, after };
    });
    const unused = [...new Set(keysOf(en).map(base))].filter((key) => {
      if (named.includes(key) || all.includes(`"${key}"`)) return false;
      return !patterns.some(({ before, after }) => key.startsWith(before) && key.endsWith(after));
    });
    expect(unused).toEqual([]);
  });

  it("use the signs of Chinese in Chinese", () => {
    const mixed = /\p{Script=Han}[,:;?!()]|[,:;?!()]\p{Script=Han}/u;
    const allowed = new Set(["date.instantPlaceholder"]);
    const wrong = keysOf(zh).filter((key) => mixed.test(textAt(zh, key)) && !allowed.has(key));
    expect(wrong).toEqual([]);
  });

  it("say nothing in English where Chinese is read", () => {
    const allowed = /^[\s\p{P}\p{S}\d]*$|CSV|Excel|API|Language|Trellis/u;
    const wrong = keysOf(zh)
      .map((key) => [key, textAt(zh, key).replace(/\{\{\w+\}\}|<\/?\w+>/g, "")] as const)
      .filter(([, text]) => !/\p{Script=Han}/u.test(text) && !allowed.test(text));
    expect(wrong).toEqual([]);
  });
});
